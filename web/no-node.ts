/** What stands for Node's modules in the pages: nothing. Codecs that were made for both ask for them, and do without. */
export default undefined
