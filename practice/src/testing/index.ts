/** For tests only: practices and servers as they really are, in a folder that goes away. */
export { makeTestPractice, onBothEngines, TEST_PASSWORD, type TestPractice } from './practices.ts'
