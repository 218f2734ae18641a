/** XML for the formats that are written in it: bounded, without document types. */
export {
  childAt,
  childrenOf,
  decodeXml,
  descendantsOf,
  parseXml,
  textWithin,
  XML_CHARACTERS_MAX,
  type XmlElement,
  XmlError,
} from './read-xml.ts'
