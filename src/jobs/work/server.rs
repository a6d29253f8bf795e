//! Connects to a server of targets, looks at its tables, reads what is in view.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::cog::GeoreferenceKind;
use crate::db::postgres::ServerLogin;
use crate::db::{DbError, QueryError};
use crate::geo::{Affine, Crs, LonLat, Transformer};
use crate::jobs::{
    JobContext, JobEvent, ServerJob, ServerRefusal, ServerReport, TableContent, TableOfServer, TableReport,
};
use crate::library::Image;
use crate::targets::{EntryNames, ImageMatcher, InView, LonLatBox, TargetFilter, TargetsError};

/// How long a server may take to let somebody in.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn run(job: ServerJob, context: &JobContext) {
    let id = context.id();
    match job {
        ServerJob::Connect { login, keeps_password } => {
            let result = connect(&login, keeps_password, context).map(Arc::new);
            context.send(JobEvent::ServerReached { job: id, result });
        }
        ServerJob::Describe(table) => {
            let result = describe(table, context).map(Arc::new).map_err(|error| error.to_string());
            context.send(JobEvent::TableDescribed { job: id, result });
        }
        ServerJob::Load { table, view, filter, images } => {
            let first = |content: TableContent| {
                let (table, result) = (Box::new(table.clone()), Ok(Box::new(content)));
                context.send(JobEvent::TableLoaded { job: id, table, result });
            };
            let result = load(&table, &view, (&filter, &images), (context, &first));
            if context.is_cancelled() {
                // A view that nobody looks at any more.
                return;
            }
            let result = result.map(Box::new).map_err(|error| error.to_string());
            context.send(JobEvent::TableLoaded { job: id, table: Box::new(table), result });
        }
    }
}

/// Connects with what was given; where that is no password and the server wants one, with the one that is kept.
fn connect(login: &ServerLogin, keeps_password: bool, context: &JobContext) -> Result<ServerReport, ServerRefusal> {
    let (vault, mut note) = (context.vault(), None);
    let mut reached = reach(login, context);
    let mut password_is_kept = false;
    if login.password.is_none() && reached.as_ref().is_err_and(|refusal| refusal.wants_password) {
        match vault.password(&login.address) {
            Ok(Some(password)) => {
                password_is_kept = true;
                reached = reach(&ServerLogin { address: login.address.clone(), password: Some(password) }, context);
                if reached.as_ref().is_err_and(|refusal| refusal.wants_password) {
                    note = Some("the password in the system's credential store is not right any more".to_owned());
                }
            }
            Ok(None) => {}
            Err(error) => note = Some(error.to_string()),
        }
    }
    if let (Some(password), true, true) = (&login.password, keeps_password, reached.is_ok()) {
        match vault.keep(&login.address, password) {
            Ok(()) => password_is_kept = true,
            Err(error) => note = Some(error.to_string()),
        }
    }
    match reached {
        Ok(report) => Ok(ServerReport { password_is_kept, note, ..report }),
        Err(refusal) => Err(ServerRefusal { note, ..refusal }),
    }
}

fn reach(login: &ServerLogin, context: &JobContext) -> Result<ServerReport, ServerRefusal> {
    let refused = |error: QueryError| ServerRefusal {
        wants_password: matches!(&error, QueryError::Store(DbError::Connect(error)) if error.wants_password()),
        message: error.to_string(),
        note: None,
    };
    let is_cancelled = || context.is_cancelled();
    let store = context.stores().log_in(login).map_err(|error| refused(QueryError::Store(DbError::Connect(error))))?;
    let info = store.info(PATIENCE, &is_cancelled).map_err(refused)?;
    let tables = store.server_tables(&is_cancelled).map_err(refused)?;
    Ok(ServerReport { address: login.address.clone(), info, tables, password_is_kept: false, note: None })
}

fn describe(table: TableOfServer, context: &JobContext) -> Result<TableReport, TargetsError> {
    context.stores().forget_table(&table);
    let is_cancelled = || context.is_cancelled();
    let targets = match context.stores().targets(&table, &is_cancelled) {
        // What was said of its columns before does not fit any more: what can be guessed is shown.
        Err(_) if table.mapping.is_some() => {
            let table = TableOfServer { mapping: None, ..table.clone() };
            context.stores().targets(&table, &is_cancelled)?
        }
        targets => targets?,
    };
    let image_tables = targets.image_tables(&is_cancelled)?;
    Ok(TableReport {
        columns: targets.described().column_names(),
        mapping: targets.mapping().clone(),
        image_tables,
        table,
    })
}

fn load(
    table: &TableOfServer,
    view: &LonLatBox,
    (filter, images): (&TargetFilter, &[Arc<Image>]),
    (context, tell_first): (&JobContext, &dyn Fn(TableContent)),
) -> Result<TableContent, TargetsError> {
    let is_cancelled = || context.is_cancelled();
    let targets = context.stores().targets(table, &is_cancelled)?;
    let mapping = targets.mapping().clone();
    // What has its places in images can't be looked for by place.
    if mapping.is_by_pixel() || targets.is_small(&is_cancelled)? {
        let places = PixelPlaces::of(images);
        let files = targets.image_files();
        let place = |image: &str, column: f64, row: f64| places.find(files.file_of(image), column, row);
        let set = Arc::new(targets.load(Some(&place), &is_cancelled)?);
        return Ok(TableContent { set, mapping, in_view: None, is_sample: false });
    }
    let content = |seen: InView| TableContent {
        set: Arc::new(seen.set),
        mapping: mapping.clone(),
        in_view: Some(seen.count),
        is_sample: seen.is_sample,
    };
    let first = targets.first_in_view(view, filter, &is_cancelled)?;
    if !first.is_sample {
        return Ok(content(first));
    }
    // There is something to see while the others are fetched.
    tell_first(content(first));
    Ok(content(targets.in_view(view, filter, &is_cancelled)?))
}

/// Where pixels of the open images are.
struct PixelPlaces<'a> {
    images: &'a [Arc<Image>],
    matcher: ImageMatcher,
    /// What leads from pixels of an image to degrees, once it was asked for; `None` for an image without a position.
    ways: RefCell<FxHashMap<usize, Option<(Affine, Transformer)>>>,
}

impl<'a> PixelPlaces<'a> {
    fn of(images: &'a [Arc<Image>]) -> Self {
        let paths: Vec<String> = images.iter().map(|image| image.path.to_string_lossy().into_owned()).collect();
        let names = paths.iter().map(|path| EntryNames { path, scene: None });
        Self { images, matcher: ImageMatcher::new(names), ways: RefCell::default() }
    }

    fn find(&self, image: &str, column: f64, row: f64) -> Option<LonLat> {
        let place = self.matcher.find(image)?;
        let mut ways = self.ways.borrow_mut();
        let (affine, transformer) = ways.entry(place).or_insert_with(|| way_of(self.images.get(place)?)).as_ref()?;
        let point = transformer.forward(affine.apply(column, row))?;
        LonLat::new(point.x, point.y)
    }
}

fn way_of(image: &Image) -> Option<(Affine, Transformer)> {
    let georeference = image.cog.georeference();
    let GeoreferenceKind::Affine(affine) = georeference.kind else { return None };
    let transformer = Transformer::new(georeference.crs.as_ref()?, &Crs::wgs84(), None).ok()?;
    Some((affine, transformer))
}
