//! `school welcome`: all that a school needs to send its first file, in words for people who have not done
//! it before.

use super::{error::CliError, print, settings::Site};
use crate::{
    config::Sftp,
    domain::school::School,
    flow::{
        keys::{HostKeys, host_keys},
        words::long_day,
    },
    seal::PublicKey,
};

pub(super) fn welcome(site: &Site, school: &School) -> Result<(), CliError> {
    print::line(format!(
        "To {} ({}): how to send and collect files",
        school.name, school.id
    ))?;
    print::line("")?;
    match &site.settings.sftp {
        Some(sftp) => over_sftp(site, sftp, school)?,
        None => in_folder_mode(site, school)?,
    }
    print::line("")?;
    print::line("Then")?;
    print::line("  1. Put your list of pupils who consented into inbox/.")?;
    print::line("  2. Read the answer in receipts/: the file that ends in .txt.")?;
    print::line("  3. Collect destination files from outbox/ and open them with your key.")?;
    print::line(
        "  school-kit.html in your box is a page for your browser: it checks a list before you send it,",
    )?;
    print::line("  opens what you collect, makes a key and checks receipts, without a network.")?;
    print::line("")?;
    let contact = site.settings.council.contact.as_deref();
    let contact = contact.unwrap_or("the council");
    Ok(print::line(format!(
        "README.txt in your box tells more. Questions: {contact}"
    ))?)
}

fn over_sftp(site: &Site, sftp: &Sftp, school: &School) -> Result<(), CliError> {
    let host = sftp.host.as_deref().unwrap_or(NO_HOST);
    let (port, user) = (sftp.listen.port(), school.id);
    let (credentials, keys) = (site.credentials.as_deref(), &site.folders.keys);
    let HostKeys { serving, coming } = host_keys(credentials, keys, site.today()?)?;
    let fingerprint = serving.fingerprint();
    fact("Host name", host)?;
    fact("Port", &port.to_string())?;
    fact("User name", &user.to_string())?;
    fact("Password", "none: your key lets you in")?;
    fact("Server's key", &format!("{fingerprint} (ED25519)"))?;
    if let Some((key, from)) = coming {
        let fingerprint = key.fingerprint();
        fact("", &format!("until {}; from then on", long_day(from)))?;
        fact("", &format!("{fingerprint} (ED25519)"))?;
    }
    persons_keys(school)?;
    print::line("")?;
    print::line("With WinSCP")?;
    print::line("  1. New Site: file protocol SFTP; host name, port and user name as above.")?;
    print::line(
        "  2. Advanced, SSH, Authentication: choose your private key file. Save, then Login.",
    )?;
    first_time()?;
    print::line("With FileZilla")?;
    print::line("  1. Site Manager, New site: protocol SFTP; host and port as above.")?;
    print::line(
        "  2. Logon type \"Key file\"; user as above; choose your private key file. Connect.",
    )?;
    first_time()?;
    print::line("With the command that Windows, macOS and Linux have")?;
    print::line(format!("  sftp -P {port} -i YOUR-KEY {user}@{host}"))?;
    if sftp.host.is_none() {
        print::aside("say under which name schools reach the server: `host` under [sftp]");
    }
    Ok(())
}

fn first_time() -> Result<(), CliError> {
    Ok(print::line(
        "  3. The first time it shows the server's key: go on only if it is the one above.",
    )?)
}

/// The council's own OpenSSH serves, of which nothing is known here.
fn in_folder_mode(site: &Site, school: &School) -> Result<(), CliError> {
    let folder = site.folders.boxes.join(school.id.to_string());
    fact("Your box", &folder.display().to_string())?;
    fact("User name", &school.id.to_string())?;
    persons_keys(school)?;
    print::line("")?;
    Ok(print::line(
        "Connect with WinSCP or FileZilla, protocol SFTP, with your key.",
    )?)
}

fn persons_keys(school: &School) -> Result<(), CliError> {
    for person in &school.persons {
        let keys = person.keys.iter();
        for key in keys.filter_map(|line| PublicKey::parse(line).ok()) {
            let until = person
                .until
                .map_or_else(String::new, |until| format!(", until {}", long_day(until)));
            let whose = format!("{} ({}{until})", key.fingerprint(), person.name);
            fact("Key", &whose)?;
        }
    }
    Ok(())
}

fn fact(name: &str, value: &str) -> Result<(), CliError> {
    Ok(print::line(format!("  {name:<14}{value}"))?)
}

const NO_HOST: &str = "(ask the council)";
