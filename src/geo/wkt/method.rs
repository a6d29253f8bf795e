//! Methods of projections as WKT 1, ESRI and WKT 2 name them, to PROJ's.

use super::parameters::Parameters;

/// Methods that a PROJ string can't express, and that other parsers take for something else.
pub(super) fn is_inexpressible(p: &Parameters<'_, '_>) -> bool {
    let method = p.method().unwrap_or_default();
    ["krovakmodified", "lambertconicconformal1spvariantb"].iter().any(|start| method.starts_with(start))
}

/// The projection's part of a PROJ string, without ellipsoid and unit; `None` for a method that is none of these.
pub(super) fn projection(p: &Parameters<'_, '_>) -> Option<String> {
    let method = p.method()?;
    let shape = cylindrical(&method, p)
        .or_else(|| conical(&method, p))
        .or_else(|| azimuthal(&method, p))
        .or_else(|| oblique(&method, p))
        .or_else(|| of_the_world(&method, p))?;
    Some(format!("{shape} {}", p.false_origin()))
}

/// A geographic system about a pole of its own as a PROJ string, without ellipsoid; `None` for other derivations.
pub(super) fn rotated_pole(p: &Parameters<'_, '_>) -> Option<String> {
    let method = p.method()?;
    let (lat, pole_lon, lon) = match method.as_str() {
        "polerotationgribconvention" => (
            -p.named("latitudeofthesouthernpolegribconvention")?,
            -p.named("axisrotationgribconvention").unwrap_or(0.0),
            p.named("longitudeofthesouthernpolegribconvention")?,
        ),
        "polerotationnetcdfcfconvention" => (
            p.named("gridnorthpolelatitudenetcdfcfconvention")?,
            p.named("northpolegridlongitudenetcdfcfconvention").unwrap_or(0.0),
            p.named("gridnorthpolelongitudenetcdfcfconvention")? + 180.0,
        ),
        "projobtranoprojlonglat" => {
            (p.named("olatp")?, p.named("olonp").unwrap_or(0.0), p.named("lon0").unwrap_or(0.0))
        }
        _ => return None,
    };
    Some(format!("+proj=ob_tran +o_proj=longlat +o_lat_p={lat} +o_lon_p={pole_lon} +lon_0={lon}"))
}

/// `+lat_0=… +lon_0=…`
fn centre(p: &Parameters<'_, '_>) -> String {
    format!("+lat_0={} +lon_0={}", p.origin_lat().unwrap_or(0.0), p.origin_lon())
}

fn scale(p: &Parameters<'_, '_>) -> f64 {
    p.scale().unwrap_or(1.0)
}

fn cylindrical(method: &str, p: &Parameters<'_, '_>) -> Option<String> {
    let lon = p.origin_lon();
    Some(match method {
        "transversemercator" | "gausskruger" | "transversemercatorcomplex" => {
            format!("+proj=tmerc {} +k={}", centre(p), scale(p))
        }
        "transversemercatorsouthoriented" | "transversemercatorsouthorientated" => {
            format!("+proj=tmerc +axis=wsu {} +k={}", centre(p), scale(p))
        }
        "mercatorauxiliarysphere" | "popularvisualisationpseudomercator" => "+proj=webmerc".to_owned(),
        // One parallel of true scale, or the scale at the equator; no other origin has a meaning.
        "mercator" | "mercator1sp" | "mercator2sp" | "mercatorvarianta" | "mercatorvariantb" => {
            match (p.parallel_1(), p.origin_lat()) {
                (Some(parallel), _) => format!("+proj=merc +lat_ts={parallel} +lon_0={lon}"),
                (None, Some(lat)) if lat != 0.0 => return None,
                (None, _) => format!("+proj=merc +lon_0={lon} +k={}", scale(p)),
            }
        }
        "cylindricalequalarea" | "lambertcylindricalequalarea" => {
            format!("+proj=cea +lat_ts={} +lon_0={lon}", p.parallel_1().unwrap_or(0.0))
        }
        "behrmann" => format!("+proj=cea +lat_ts=30 +lon_0={lon}"),
        "equirectangular" | "equidistantcylindrical" | "equidistantcylindricalspherical" | "platecarree" => {
            format!("+proj=eqc +lat_ts={} {}", p.parallel_1().unwrap_or(0.0), centre(p))
        }
        "cassini" | "cassinisoldner" if p.axes() == "sw" => format!("+proj=cass +axis=swu {}", centre(p)),
        "cassini" | "cassinisoldner" => format!("+proj=cass {}", centre(p)),
        "vandergrinteni" | "vandergrinten" => format!("+proj=vandg +R_A +lon_0={lon}"),
        "millercylindrical" => format!("+proj=mill +lon_0={lon}"),
        _ => return None,
    })
}

fn conical(method: &str, p: &Parameters<'_, '_>) -> Option<String> {
    let parallel = p.parallel_1().unwrap_or(0.0);
    let two = || format!("+lat_1={parallel} +lat_2={} {}", p.parallel_2().unwrap_or(parallel), centre(p));
    let touching = |lat: f64| format!("+proj=lcc +lat_1={lat} {} +k_0={}", centre(p), scale(p));
    Some(match method {
        "lambertconformalconic2sp" | "lambertconicconformal2sp" | "lambertconicconformal2spmichigan" => {
            format!("+proj=lcc {} +k_0={}", two(), scale(p))
        }
        "lambertconformalconic1sp" | "lambertconicconformal1sp" => touching(p.origin_lat().unwrap_or(parallel)),
        // As ESRI writes both.
        "lambertconformalconic" if p.parallel_2().is_some() => format!("+proj=lcc {} +k_0={}", two(), scale(p)),
        "lambertconformalconic" => touching(parallel),
        "albers" | "albersconicequalarea" | "albersequalarea" | "albersequalareaconic" => {
            format!("+proj=aea {}", two())
        }
        "equidistantconic" => format!("+proj=eqdc {}", two()),
        "polyconic" | "americanpolyconic" => format!("+proj=poly {}", centre(p)),
        "krovak" | "krovaknorthorientated" => {
            // South and west where nothing else is said; ESRI says it by turning the plane.
            let runs_east = p.axes().contains('e') || p.grid_angle().is_some_and(|angle| angle != 0.0);
            let axes = if runs_east || method == "krovaknorthorientated" { "" } else { "+axis=swu " };
            format!("+proj=krovak {axes}{} +alpha={} +k={}", centre(p), p.azimuth(), scale(p))
        }
        _ => return None,
    })
}

fn azimuthal(method: &str, p: &Parameters<'_, '_>) -> Option<String> {
    Some(match method {
        "lambertazimuthalequalarea" => format!("+proj=laea {}", centre(p)),
        "azimuthalequidistant" => format!("+proj=aeqd {}", centre(p)),
        "stereographic" => format!("+proj=stere {} +k={}", centre(p), scale(p)),
        "obliquestereographic" | "doublestereographic" => format!("+proj=sterea {} +k={}", centre(p), scale(p)),
        // `Local` is ESRI's, of an ellipsoid.
        "orthographic" | "local" => format!("+proj=ortho {}", centre(p)),
        "gnomonic" => format!("+proj=gnom {}", centre(p)),
        "stereographicnorthpole" => polar(p.parallel_1().or(p.origin_lat()).unwrap_or(90.0), p),
        "stereographicsouthpole" => polar(p.parallel_1().or(p.origin_lat()).unwrap_or(-90.0), p),
        "polarstereographic" | "polarstereographicvarianta" | "polarstereographicvariantb" => {
            match (p.parallel_1(), p.origin_lat()) {
                // With a scale factor the plane touches at the latitude of origin, whichever that is.
                (None, Some(lat)) if (scale(p) - 1.0).abs() > 1e-12 => {
                    format!("+proj=stere +lat_0={lat} +lon_0={} +k={}", p.origin_lon(), scale(p))
                }
                (parallel, lat) => polar(parallel.or(lat)?, p),
            }
        }
        _ => return None,
    })
}

/// By the latitude of true scale, or by the scale factor where that is the pole itself.
fn polar(true_scale_lat: f64, p: &Parameters<'_, '_>) -> String {
    let (pole, lon) = (if true_scale_lat < 0.0 { -90 } else { 90 }, p.origin_lon());
    if (true_scale_lat.abs() - 90.0).abs() < 1e-10 {
        return format!("+proj=stere +lat_0={pole} +lon_0={lon} +k={}", scale(p));
    }
    format!("+proj=stere +lat_0={pole} +lat_ts={true_scale_lat} +lon_0={lon}")
}

fn oblique(method: &str, p: &Parameters<'_, '_>) -> Option<String> {
    let (lat, lon, azimuth) = (p.origin_lat().unwrap_or(0.0), p.origin_lon(), p.azimuth());
    let hotine = |natural: &str| {
        let angle = p.grid_angle().unwrap_or(azimuth);
        format!("+proj=omerc{natural} +lat_0={lat} +lonc={lon} +alpha={azimuth} +gamma={angle} +k={}", scale(p))
    };
    Some(match method {
        "hotineobliquemercator"
        | "hotineobliquemercatorvarianta"
        | "hotineobliquemercatorazimuthnaturalorigin"
        | "rectifiedskeworthomorphicnaturalorigin" => hotine(" +no_uoff"),
        "hotineobliquemercatorvariantb"
        | "hotineobliquemercatorazimuthcenter"
        | "rectifiedskeworthomorphiccenter"
        | "obliquemercator" => match p.grid_angle().unwrap_or(azimuth) {
            // The Swiss way to write a line that runs straight east.
            angle if (angle - 90.0).abs() < 1e-9 && (azimuth - 90.0).abs() < 1e-9 => swiss(p),
            _ => hotine(""),
        },
        "swissobliquecylindrical" | "swissobliquemercator" => swiss(p),
        "labordeobliquemercator" => {
            format!("+proj=labrd +lat_0={lat} +lon_0={lon} +azi={azimuth} +k={}", scale(p))
        }
        "newzealandmapgrid" => format!("+proj=nzmg {}", centre(p)),
        _ => return None,
    })
}

fn swiss(p: &Parameters<'_, '_>) -> String {
    format!("+proj=somerc {} +k_0={}", centre(p), scale(p))
}

fn of_the_world(method: &str, p: &Parameters<'_, '_>) -> Option<String> {
    let lon = p.origin_lon();
    let name = match method {
        "sinusoidal" => "sinu",
        "mollweide" => "moll",
        "robinson" => "robin",
        "eckerti" => "eck1",
        "eckertii" => "eck2",
        "eckertiii" => "eck3",
        "eckertiv" => "eck4",
        "eckertv" => "eck5",
        "eckertvi" => "eck6",
        // Whole, interrupted in the oceans, or (which nobody computes here) on land.
        "goodehomolosine" => match p.variant() {
            0.0 => "goode",
            1.0 => "igh",
            _ => return None,
        },
        "interruptedgoodehomolosine" => "igh",
        "gallstereographic" => "gall",
        "naturalearth" => "natearth",
        "aitoff" => "aitoff",
        "hammeraitoff" | "projhammer" => "hammer",
        "crasterparabolic" => "crast",
        "quarticauthalic" => "qua_aut",
        "wagnervii" => "wag7",
        "projkav7" => "kav7",
        "equalearth" => "eqearth",
        "winkeli" => return Some(format!("+proj=wink1 +lat_ts={} +lon_0={lon}", p.parallel_1()?)),
        "winkeltripel" => return Some(format!("+proj=wintri +lat_1={} +lon_0={lon}", p.parallel_1()?)),
        "bonne" => {
            let parallel = p.parallel_1().or(p.origin_lat())?;
            return Some(format!("+proj=bonne +lat_1={parallel} +lon_0={lon}"));
        }
        "twopointequidistant" => {
            let [(lat_1, lon_1), (lat_2, lon_2)] = p.points()?;
            return Some(format!("+proj=tpeqd +lat_1={lat_1} +lon_1={lon_1} +lat_2={lat_2} +lon_2={lon_2}"));
        }
        "geostationarysatellite" | "geostationarysatellitesweepy" => {
            return Some(format!("+proj=geos +lon_0={lon} +h={}", p.height_m()));
        }
        "geostationarysatellitesweepx" => {
            return Some(format!("+proj=geos +sweep=x +lon_0={lon} +h={}", p.height_m()));
        }
        _ => return None,
    };
    Some(format!("+proj={name} +lon_0={lon}"))
}
