//! Counts what a store keeps of each start of each device, for whoever tests links: a line
//! `DEVICE BOOT FIRST LAST RECORDS`, then `again N`, the findings that repeat a revision of a job,
//! `lost N`, the records that a device could not keep, `scans N`, the scans that were begun, `asked N`, how
//! often the target was asked that was asked most often, and `arrivals N`, what came to sinks.

use std::{env, error::Error, fmt::Write as _};

use rusqlite::{Connection, OpenFlags};

fn main() -> Result<(), Box<dyn Error>> {
    let store = env::args()
        .nth(1)
        .ok_or("expected the path of a store: store-count findings.db")?;
    let store = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut boots = store.prepare(
        "SELECT hex(device), boot, min(number), max(number), count(*)
         FROM records GROUP BY device, boot ORDER BY device, boot",
    )?;
    let mut rows = boots.query([])?;
    let mut told = String::new();
    while let Some(row) = rows.next()? {
        let device: String = row.get(0)?;
        write!(told, "{device}")?;
        for column in 1..=4 {
            let number: u32 = row.get(column)?;
            write!(told, " {number}")?;
        }
        told.push('\n');
    }
    let count = |sql| store.query_row(sql, [], |row| row.get::<_, u32>(0));
    let all = count("SELECT count(*) FROM findings")?;
    let different = count("SELECT count(*) FROM (SELECT DISTINCT job, revision FROM findings)")?;
    writeln!(told, "again {}", all - different)?;
    writeln!(told, "lost {}", count("SELECT count(*) FROM losses")?)?;
    writeln!(
        told,
        "scans {}",
        count("SELECT count(*) FROM scan_numbers")?
    )?;
    let most = "SELECT ifnull(max(jobs), 0)
                FROM (SELECT count(*) AS jobs FROM jobs GROUP BY case_number)";
    writeln!(told, "asked {}", count(most)?)?;
    writeln!(told, "arrivals {}", count("SELECT count(*) FROM arrivals")?)?;
    print!("{told}");
    Ok(())
}
