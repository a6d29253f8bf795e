//! Coordinate reference systems: what a file or user names, as something to transform with.
//!
//! EPSG codes, WKT and most PROJ strings are understood by `proj-core`; what it lacks (sinusoidal, geostationary,
//! Mollweide and so on) by `proj4rs`. A system that neither can transform is still a [`Crs`] with a name, so that a file can be
//! listed; a [`Transformer`](super::Transformer) of it is refused rather than wrong.

use std::sync::{Arc, LazyLock};

use proj_core::{AxisOrder, CrsDef};

use super::epsg_supplement::{self, Definition as Supplement};
use super::own_projection::OwnProjection;
use super::{proj_text, wkt};

/// Why a reference system can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrsError {
    /// The code is not in the EPSG registry that we carry.
    #[error("EPSG:{code} is not a known coordinate reference system")]
    UnknownCode {
        /// The EPSG code as asked for.
        code: u32,
    },
    /// The text is not a definition.
    #[error("`{text}` is not a definition of a coordinate reference system: {reason}")]
    Malformed {
        /// The text, shortened.
        text: String,
        /// What the parsers said.
        reason: String,
    },
    /// The system is known by name but its coordinates can't be transformed.
    #[error("coordinates in {name} can't be transformed: {reason}")]
    Unsupported {
        /// Name of the reference system.
        name: String,
        /// What is missing.
        reason: String,
    },
}

/// How the coordinates of a system are computed.
#[derive(Clone)]
pub(super) enum Definition {
    /// `proj-core` knows it; axes are east, north.
    Core(Box<CrsDef>),
    /// A text that carries its own shift to WGS 84, which `proj-wkt` only applies when it is given the text. `swapped`: the
    /// text asks for north before east.
    Shifted { text: String, swapped: bool },
    /// `proj4rs` knows it; the text is what it was made of.
    Legacy { proj: Arc<proj4rs::Proj>, text: String },
    /// By a formula of our own, from the coordinates of another system.
    Own { projection: OwnProjection, base: Crs },
    /// Nobody does.
    Unsupported { reason: String },
}

#[derive(Clone)]
struct Inner {
    epsg: Option<u32>,
    name: String,
    /// The text it was made of, where there was one: two systems of one text are the same.
    text: Option<String>,
    geographic: bool,
    metres_per_unit: f64,
    degrees_per_unit: f64,
    definition: Definition,
}

/// A coordinate reference system; cheap to clone.
#[derive(Clone)]
pub struct Crs(Arc<Inner>);

static WEB_MERCATOR: LazyLock<Crs> = LazyLock::new(|| well_known(3857, "WGS 84 / Pseudo-Mercator", false));
static WGS84: LazyLock<Crs> = LazyLock::new(|| well_known(4326, "WGS 84", true));

static PIXELS: LazyLock<Crs> = LazyLock::new(|| Crs::unsupported("image pixels", "pixels have no place on the earth"));
static UNKNOWN: LazyLock<Crs> =
    LazyLock::new(|| Crs::unsupported("unknown system", "the file doesn't say what its coordinates refer to"));

/// One that never fails: should the registry lack it, transformers refuse it.
fn well_known(code: u32, name: &str, geographic: bool) -> Crs {
    Crs::from_epsg(code).unwrap_or_else(|error| {
        let definition = Definition::Unsupported { reason: error.to_string() };
        Crs::new(Inner {
            epsg: Some(code),
            name: name.to_owned(),
            text: None,
            geographic,
            metres_per_unit: 1.0,
            degrees_per_unit: 1.0,
            definition,
        })
    })
}

impl Crs {
    fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// EPSG:3857, the system of map tiles.
    #[must_use]
    pub fn web_mercator() -> Self {
        WEB_MERCATOR.clone()
    }

    /// EPSG:4326, longitude and latitude in degrees.
    #[must_use]
    pub fn wgs84() -> Self {
        WGS84.clone()
    }

    /// A system of the EPSG registry; of a compound or three-dimensional one the horizontal part.
    pub fn from_epsg(code: u32) -> Result<Self, CrsError> {
        if let Some(entry) = epsg_supplement::find(code) {
            let supported = match entry.definition {
                Supplement::Proj(text) => Self::from_proj_string(text).map_err(|error| error.to_string()),
                Supplement::Grads(text) => {
                    Self::from_proj_string(text).map(|crs| crs.in_units_of(0.9)).map_err(|error| error.to_string())
                }
                Supplement::SameAs(code) => Self::from_epsg(code).map_err(|error| error.to_string()),
                Supplement::SouthWest(code) => {
                    Self::from_epsg(code).map(|base| base.with_south_west_axes()).map_err(|error| error.to_string())
                }
                Supplement::Method(method) => Err(format!("its projection method, {method}, is not supported")),
            };
            let crs = supported.unwrap_or_else(|reason| Self::unsupported(entry.name, &reason));
            return Ok(crs.with_identity(Some(code), entry.name));
        }
        if let Some(horizontal) = proj_core::lookup_epsg(code).and_then(|def| def.horizontal_crs()) {
            return Ok(Self::from_core(horizontal, Some(code), None));
        }
        Err(CrsError::UnknownCode { code })
    }

    /// A system of a PROJ string (`+proj=…`, or `+init=epsg:…`).
    pub fn from_proj_string(text: &str) -> Result<Self, CrsError> {
        let text = text.trim();
        let completed = proj_text::completed(text);
        if let Some(projection) = OwnProjection::of_proj_text(&completed) {
            let base = Self::from_proj_string(&format!("+proj=longlat {}", proj_text::datum_of(&completed)))?;
            return Ok(Self::new(Inner {
                epsg: None,
                name: text.to_owned(),
                text: Some(text.to_owned()),
                geographic: false,
                metres_per_unit: projection.metres_per_unit(),
                degrees_per_unit: 1.0,
                definition: Definition::Own { projection, base },
            }));
        }
        let core_error = if proj_text::is_for_legacy(&completed) {
            String::new()
        } else {
            match proj_wkt::parse_crs(&completed) {
                Ok(def) => match Self::from_parsed(&def, &completed) {
                    Some(crs) => return Ok(crs.named(text)),
                    None => "it is not horizontal".to_owned(),
                },
                Err(error) => error.to_string(),
            }
        };
        // `proj4rs` shifts NAD27 by grids only, which are not carried: here by the mean of the United States.
        let legacy = completed.replace("+datum=NAD27", "+ellps=clrk66 +towgs84=-8,160,176");
        match proj4rs::Proj::from_proj_string(&legacy) {
            Ok(proj) if !proj.is_geocent() => Ok(Self::new(Inner {
                epsg: None,
                name: text.to_owned(),
                text: Some(text.to_owned()),
                geographic: proj.is_latlong(),
                metres_per_unit: proj.to_meter(),
                degrees_per_unit: 1.0,
                definition: Definition::Legacy { proj: Arc::new(proj), text: legacy },
            })),
            Ok(_) => Err(malformed(text, "geocentric coordinates are no map")),
            Err(error) => Err(malformed(text, &format!("{core_error}; {error:?}"))),
        }
    }

    /// A system of WKT 1 or 2, or of an authority's code (`EPSG:4326`). Axes are taken east first whatever the text says.
    ///
    /// Where the text names a code of the registry, its definition has to be that of the registry, or the text's is taken.
    pub fn from_wkt(text: &str) -> Result<Self, CrsError> {
        let text = text.trim();
        if let Some(code) = text.strip_prefix("EPSG:").and_then(|code| code.parse().ok()) {
            return Self::from_epsg(code);
        }
        let described = wkt::describe(text);
        let own = described.as_ref().and_then(Self::from_described);
        let is_inexpressible = described.as_ref().is_some_and(|described| described.is_inexpressible);
        if let Some(registered) = described.and_then(|described| Self::from_epsg(described.epsg?).ok())
            && own.as_ref().is_none_or(|own| own.is_alike(&registered))
        {
            return Ok(registered);
        }
        if let Some(own) = own {
            return Ok(own);
        }
        match proj_wkt::parse_crs(text) {
            Ok(_) if is_inexpressible => Err(malformed(text, "its projection method is not supported")),
            Ok(def) => Self::from_parsed(&def, text).ok_or_else(|| malformed(text, "it has no horizontal part")),
            Err(error) => Err(malformed(text, &error.to_string())),
        }
    }

    /// Of what WKT says, on the registry's datum where it names one and has no shift of its own.
    fn from_described(described: &wkt::Described) -> Option<Self> {
        let proj = described.proj.as_deref()?;
        let crs = Self::from_proj_string(proj).ok()?;
        let datum = match &described.datum {
            _ if ["+towgs84=", "+nadgrids=", "+datum=", "+pm="].iter().any(|part| proj.contains(part)) => None,
            Some(wkt::DatumName::Code(code)) => Some(*code),
            Some(wkt::DatumName::Name(name)) => proj_core::lookup_datum_code_for_name(name),
            None => None,
        };
        let crs = datum.and_then(|datum| crs.on_datum(datum)).unwrap_or(crs);
        Some(crs.in_units_of(described.degrees_per_unit).named(&described.name))
    }

    /// Whether both are geographic, or have the same projection and unit.
    fn is_alike(&self, other: &Self) -> bool {
        match (self.metres_per_unit(), other.metres_per_unit()) {
            (None, None) => true,
            (Some(own), Some(others)) => (own / others - 1.0).abs() < 1e-8 && self.has_projection_of(other),
            _ => false,
        }
    }

    /// A system that has a name and nothing else: it can be shown, and transformers refuse it with `reason`.
    #[must_use]
    pub fn unsupported(name: &str, reason: &str) -> Self {
        Self::new(Inner {
            epsg: None,
            name: name.to_owned(),
            text: None,
            geographic: false,
            metres_per_unit: 1.0,
            degrees_per_unit: 1.0,
            definition: Definition::Unsupported { reason: reason.to_owned() },
        })
    }

    /// The plane of an image's own pixels: x is the column, y is minus the row. It has no place on the earth.
    #[must_use]
    pub fn pixels() -> Self {
        PIXELS.clone()
    }

    /// The system of coordinates that a file does not say the system of. It has no place on the earth.
    #[must_use]
    pub fn unknown() -> Self {
        UNKNOWN.clone()
    }

    /// The same system under another name (a file's own citation, say).
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        self.with_identity(self.0.epsg, name)
    }

    fn with_identity(&self, epsg: Option<u32>, name: &str) -> Self {
        Self::new(Inner { epsg, name: name.to_owned(), ..self.0.as_ref().clone() })
    }

    /// The same system, of which files hold coordinates in other units: their size in degrees.
    fn in_units_of(&self, degrees: f64) -> Self {
        Self::new(Inner { degrees_per_unit: degrees, ..self.0.as_ref().clone() })
    }

    /// The system whose x runs south and y west of this one.
    fn with_south_west_axes(&self) -> Self {
        self.with_definition(Definition::Own { projection: OwnProjection::SouthWest, base: self.clone() }, "+axis=swu")
    }

    pub(super) fn from_core_geographic(def: CrsDef) -> Self {
        Self::from_core(def, None, None)
    }

    /// The system that is computed in another way; `difference` says which, to tell it from others.
    pub(super) fn with_definition(&self, definition: Definition, difference: &str) -> Self {
        let own = self.0.epsg.map(|code| format!("EPSG:{code}")).or_else(|| self.0.text.clone());
        let text = own.map(|own| format!("{own} {difference}"));
        Self::new(Inner { epsg: None, text, definition, ..self.0.as_ref().clone() })
    }

    fn from_core(def: CrsDef, epsg: Option<u32>, text: Option<&str>) -> Self {
        let name = match (def.name(), epsg, text) {
            ("", Some(code), _) => format!("EPSG:{code}"),
            ("", None, Some(text)) => text.to_owned(),
            (name, ..) => name.to_owned(),
        };
        Self::new(Inner {
            epsg,
            name,
            text: text.map(str::to_owned),
            geographic: def.is_geographic(),
            metres_per_unit: def.as_projected().map_or(1.0, proj_core::ProjectedCrsDef::linear_unit_to_meter),
            degrees_per_unit: 1.0,
            definition: if def.is_geocentric() {
                Definition::Unsupported { reason: "geocentric coordinates are no map".to_owned() }
            } else {
                Definition::Core(Box::new(def.with_axis_order(AxisOrder::EastNorth)))
            },
        })
    }

    fn from_parsed(def: &CrsDef, text: &str) -> Option<Self> {
        let def = def.horizontal_crs().filter(|def| !def.is_geocentric())?;
        let epsg = Some(def.epsg()).filter(|&code| code != 0);
        let swapped = def.axis_order() == Some(AxisOrder::NorthEast);
        let declares_shift = def.datum().declares_shift();
        let mut crs = Self::from_core(def, epsg, Some(text));
        if declares_shift && let Some(inner) = Arc::get_mut(&mut crs.0) {
            inner.definition = Definition::Shifted { text: text.to_owned(), swapped };
        }
        Some(crs)
    }

    /// The EPSG code, where it has one.
    #[must_use]
    pub fn epsg(&self) -> Option<u32> {
        self.0.epsg
    }

    /// The registry's name, or the text that it was made of.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Coordinates are longitude and latitude in degrees.
    #[must_use]
    pub fn is_geographic(&self) -> bool {
        self.0.geographic
    }

    /// Length of one unit of a projected system; `None` for degrees.
    #[must_use]
    pub fn metres_per_unit(&self) -> Option<f64> {
        (!self.0.geographic).then_some(self.0.metres_per_unit)
    }

    /// What angles in files of this system must be multiplied with to be degrees: 0.9 where the authority counts in grads. Its
    /// coordinates here are always degrees.
    #[must_use]
    pub fn degrees_per_file_unit(&self) -> f64 {
        self.0.degrees_per_unit
    }

    /// Whether coordinates can be transformed at all; the reason where not.
    pub fn check_supported(&self) -> Result<(), CrsError> {
        match &self.0.definition {
            Definition::Unsupported { reason } => {
                Err(CrsError::Unsupported { name: self.0.name.clone(), reason: reason.clone() })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn definition(&self) -> &Definition {
        &self.0.definition
    }
}

impl PartialEq for Crs {
    fn eq(&self, other: &Self) -> bool {
        if Arc::ptr_eq(&self.0, &other.0) {
            return true;
        }
        if let (Some(a), Some(b)) = (self.0.epsg, other.0.epsg) {
            return a == b;
        }
        let have_same_text = self.0.text.is_some() && self.0.text == other.0.text;
        match (&self.0.definition, &other.0.definition) {
            (Definition::Core(a), Definition::Core(b)) => a.semantically_equivalent(b) || have_same_text,
            (Definition::Unsupported { .. }, Definition::Unsupported { .. }) => self.0.name == other.0.name,
            _ => have_same_text,
        }
    }
}

impl std::fmt::Debug for Crs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crs").field("epsg", &self.0.epsg).field("name", &self.0.name).finish_non_exhaustive()
    }
}

impl std::fmt::Display for Crs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.epsg {
            Some(code) => write!(f, "EPSG:{code} ({})", self.0.name),
            None => f.write_str(&self.0.name),
        }
    }
}

fn malformed(text: &str, reason: &str) -> CrsError {
    CrsError::Malformed { text: text.chars().take(120).collect(), reason: reason.to_owned() }
}
