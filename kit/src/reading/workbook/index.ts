// Workbooks to tables: the only sheet with data, read from memory. A container is walked before anything of it
// is opened, because what it unpacks to is its author's choice.

export { refusedCompound } from "./compound";
export { refusedZip } from "./identity";
export { ods } from "./ods";
export { xls } from "./xls";
export { xlsx } from "./xlsx";
