// Workbooks to tables: the only sheet with data, read from memory. A container is walked before anything of it
// is opened, because what it unpacks to is its author's choice.

export { refusedZip } from "./identity";
export { xlsx } from "./xlsx";
