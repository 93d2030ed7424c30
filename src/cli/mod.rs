//! Floor 5: commands, and words for people. Each verb is a file: its arguments become a request, the
//! request an answer, the answer words or JSON.

mod act;
mod args;
mod asking;
mod audit;
mod backup;
mod check;
mod completions;
mod cores;
mod demo;
mod dispatch;
mod error;
mod init;
mod log;
mod man;
mod nine_points;
mod open;
mod owner;
mod pages;
mod persons;
mod print;
mod private_file;
mod queues;
mod reader;
mod release;
mod restore;
mod review;
mod rights;
mod run;
mod school;
mod settings;
mod status;
mod unban;
mod validate;
mod welcome;

pub use dispatch::{Services, main};
