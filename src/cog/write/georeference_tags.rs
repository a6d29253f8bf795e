//! Where the new file lies: the tags of its source as they stand where these say it, else what side files say as tags.

use std::path::Path;

use super::super::crs_keys::crs_from_text;
use super::super::description::Cog;
use super::super::directory::DirectoryReader;
use super::super::geokeys::{GeoKeys, USER_DEFINED, key};
use super::super::georeference::{self, Georeference, GroundControlPoint};
use super::super::pam::Pam;
use super::super::rpc::RationalPolynomials;
use super::super::{CogError, GeoreferenceKind, Level, world_file};
use super::source_tags::raw_tags;
use super::tag::OwnedTag;

const MODEL_PIXEL_SCALE: u16 = 33550;
const MODEL_TIE_POINT: u16 = 33922;
const MODEL_TRANSFORMATION: u16 = 34264;
const GEO_KEY_DIRECTORY: u16 = 34735;
const GEO_DOUBLE_PARAMS: u16 = 34736;
const GEO_ASCII_PARAMS: u16 = 34737;
const RPC_COEFFICIENTS: u16 = 50844;

/// `GTModelTypeGeoKey`: a map projection; longitude and latitude.
const MODEL_PROJECTED: u16 = 1;
const MODEL_GEOGRAPHIC: u16 = 2;
/// `GTRasterTypeGeoKey`: coordinates are of a pixel's centre.
const PIXEL_IS_POINT: u16 = 2;
/// Before WKT in a citation; GDAL and `ArcGIS` understand it.
const ESRI_WKT: &str = "ESRI PE String = ";
/// Characters of a citation that GDAL reads.
const MAX_CITATION: usize = 2300;

/// What places a new file.
#[derive(Debug)]
pub(crate) struct Placing {
    pub(crate) tags: Vec<OwnedTag>,
    /// Name of the source's reference system where no tags can say it.
    pub(crate) lost_crs: Option<String>,
}

/// The tags that place an image made of `source`, pixel for pixel.
pub(crate) fn georeference_tags(source: &Cog) -> Result<Placing, CogError> {
    let (own, keys) = own_georeference(source)?;
    let samples = source.levels().first().map_or(0, |level| usize::from(level.samples_per_pixel));
    let pam = Pam::beside(source.path(), (source.width(), source.height()), samples).unwrap_or_default();
    let raster_type = keys.code(key::RASTER_TYPE).and_then(|code| u16::try_from(code).ok());
    let is_point = raster_type == Some(PIXEL_IS_POINT);

    let full = source.georeference();
    let mut tags = match &full.kind {
        kind if *kind == own.kind => raw_tags(source, &[MODEL_PIXEL_SCALE, MODEL_TIE_POINT, MODEL_TRANSFORMATION])?,
        GeoreferenceKind::Gcps(points) => vec![tie_points(points, is_point)],
        GeoreferenceKind::Affine(affine) => {
            let numbers = pam.geo_transform.or_else(|| world_file::beside(source.path()));
            affine_tags(numbers.unwrap_or_else(|| affine.to_gdal()), is_point)
        }
        _ => Vec::new(),
    };
    let is_by_points = matches!(full.kind, GeoreferenceKind::Gcps(_));
    let side_crs = if is_by_points { pam.gcp_crs.as_deref().or(pam.crs.as_deref()) } else { pam.crs.as_deref() };
    let of_crs = match side_crs {
        Some(text) => crs_tags(text, raster_type),
        None if pam.known_crs.is_some() => Vec::new(),
        None => raw_tags(source, &[GEO_KEY_DIRECTORY, GEO_DOUBLE_PARAMS, GEO_ASCII_PARAMS])?,
    };
    let is_of_side_file = side_crs.is_some() || pam.known_crs.is_some();
    let is_lost = is_of_side_file && of_crs.is_empty();
    let lost_crs = full.crs.as_ref().filter(|_| is_lost).map(|crs| crs.name().to_owned());
    tags.extend(of_crs);
    tags.extend(camera_tags(source, &pam)?);
    Ok(Placing { tags, lost_crs })
}

/// The camera model in the order in which readers look for one: a file beside the image, the tag, the side file.
fn camera_tags(source: &Cog, pam: &Pam) -> Result<Vec<OwnedTag>, CogError> {
    let tag = |camera: RationalPolynomials| vec![OwnedTag::doubles(RPC_COEFFICIENTS, camera.coefficients())];
    if let Some(camera) = RationalPolynomials::beside(source.path()) {
        return Ok(tag(camera));
    }
    let own = raw_tags(source, &[RPC_COEFFICIENTS])?;
    Ok(if own.is_empty() { RationalPolynomials::from_items(&pam.rpc).map_or(own, tag) } else { own })
}

/// What the tags alone say, no file beside the image heeded, and the keys.
fn own_georeference(source: &Cog) -> Result<(Georeference, GeoKeys), CogError> {
    let mut reader = DirectoryReader::new(source.file())?;
    let directory = reader.directory(source.levels().first().map_or(0, Level::directory_offset))?;
    let nowhere = Path::new("");
    let own = georeference::read(&mut reader, &directory, nowhere, None);
    Ok((own, GeoKeys::read(&mut reader, &directory)))
}

/// Pixel size and corner, or a matrix where the image is rotated or its rows go north.
fn affine_tags([x, a, b, y, d, e]: [f64; 6], is_point: bool) -> Vec<OwnedTag> {
    let shift = if is_point { 0.5 } else { 0.0 };
    let (x, y) = (x + shift * (a + b), y + shift * (d + e));
    if b == 0.0 && d == 0.0 && a > 0.0 && e < 0.0 {
        return vec![
            OwnedTag::doubles(MODEL_PIXEL_SCALE, &[a, -e, 0.0]),
            OwnedTag::doubles(MODEL_TIE_POINT, &[0.0, 0.0, 0.0, x, y, 0.0]),
        ];
    }
    let matrix = [a, b, 0.0, x, d, e, 0.0, y, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    vec![OwnedTag::doubles(MODEL_TRANSFORMATION, &matrix)]
}

fn tie_points(points: &[GroundControlPoint], is_point: bool) -> OwnedTag {
    let shift = if is_point { 0.5 } else { 0.0 };
    let numbers: Vec<f64> =
        points.iter().flat_map(|point| [point.column - shift, point.row - shift, 0.0, point.x, point.y, 0.0]).collect();
    OwnedTag::doubles(MODEL_TIE_POINT, &numbers)
}

/// Keys for a system that is told as WKT or as a code: the code if there is one, else the WKT in a citation.
fn crs_tags(text: &str, raster_type: Option<u16>) -> Vec<OwnedTag> {
    let crs = crs_from_text(text);
    let (model, crs_key) =
        if crs.is_geographic() { (MODEL_GEOGRAPHIC, key::GEODETIC_CRS) } else { (MODEL_PROJECTED, key::PROJECTED_CRS) };
    let mut keys = vec![[key::MODEL_TYPE, 0, 1, model]];
    keys.extend(raster_type.map(|raster_type| [key::RASTER_TYPE, 0, 1, raster_type]));
    let mut ascii = None;
    if let Some(code) = crs.epsg().and_then(|code| u16::try_from(code).ok()) {
        keys.push([crs_key, 0, 1, code]);
    } else if let Some((text, length)) = citation(text) {
        keys.push([crs_key, 0, 1, u16::try_from(USER_DEFINED).unwrap_or(u16::MAX)]);
        keys.push([key::PROJECTED_CITATION, GEO_ASCII_PARAMS, length, 0]);
        ascii = Some(OwnedTag::ascii(GEO_ASCII_PARAMS, &text));
    } else {
        return Vec::new();
    }
    let count = u16::try_from(keys.len()).unwrap_or(u16::MAX);
    let numbers: Vec<u16> = [1, 1, 0, count].into_iter().chain(keys.into_iter().flatten()).collect();
    std::iter::once(OwnedTag::shorts(GEO_KEY_DIRECTORY, &numbers)).chain(ascii).collect()
}

/// WKT in one line as a citation, closed by a bar, and its length; `None` if it is none, or too long for those who read it.
fn citation(wkt: &str) -> Option<(String, u16)> {
    let lines: Vec<&str> = wkt.lines().map(str::trim).collect();
    let text = format!("{ESRI_WKT}{}|", lines.concat());
    let is_wkt = wkt.contains('[') && text.is_ascii() && text.len() <= MAX_CITATION;
    is_wkt.then(|| u16::try_from(text.len()).ok().map(|length| (text, length))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cog::testing::{Page, TiffBuilder, Value};

    fn page() -> Page {
        Page::strip(4, 4, &[0; 16])
            .tag(33550, Value::Doubles(vec![10.0, 10.0, 0.0]))
            .tag(33922, Value::Doubles(vec![0.0, 0.0, 0.0, 500_000.0, 7_000_000.0, 0.0]))
            .tag(34735, Value::Shorts(vec![1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 2, 3072, 0, 1, 32621]))
    }

    /// The georeference of `page` with side files, and of a file that has only the tags made of it.
    fn both(page: Page, side_files: &[(&str, &str)]) -> (Georeference, Georeference) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in side_files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let source = Cog::open(&TiffBuilder::new(page).write(folder.path(), "image.tif")).unwrap();
        let mut copy = Page::strip(4, 4, &[0; 16]);
        for tag in georeference_tags(&source).unwrap().tags {
            copy = copy.tag(tag.tag, Value::Raw(tag.kind, tag.count, tag.bytes));
        }
        let copy = Cog::open(&TiffBuilder::new(copy).write(folder.path(), "copy.tif")).unwrap();
        (source.georeference().clone(), copy.georeference().clone())
    }

    #[test]
    fn tags_are_taken_as_they_are() {
        let (source, copy) = both(page(), &[]);
        assert_eq!(copy, source);
        assert!(copy.pixel_is_point_adjusted);
    }

    #[test]
    fn a_world_file_becomes_tags_also_where_the_keys_say_pixel_centres() {
        let page = page().without(33550).without(33922);
        for world in ["10\n0\n0\n-10\n5\n95\n", "10\n1\n2\n-10\n5\n95\n", "10\n0\n0\n10\n5\n95\n"] {
            let (source, copy) = both(page.clone(), &[("image.tfw", world)]);
            assert_eq!(copy.kind, source.kind);
            assert_eq!(copy.crs, source.crs);
        }
    }

    #[test]
    fn a_side_files_system_becomes_keys() {
        let wkt = "PROJCS[\"Mine\",GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",\
            SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],\
            PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"False_Easting\",1000.0],PARAMETER[\"False_Northing\",0.0],\
            PARAMETER[\"Central_Meridian\",9.0],PARAMETER[\"Scale_Factor\",1.0],PARAMETER[\"Latitude_Of_Origin\",0.0],\
            UNIT[\"Meter\",1.0]]";
        for crs in ["EPSG:4326", wkt] {
            let xml = format!("<PAMDataset><SRS>{}</SRS></PAMDataset>", crs.replace('"', "&quot;"));
            let (source, copy) = both(page(), &[("image.tif.aux.xml", &xml)]);
            assert_eq!(copy, source);
        }
        let (source, copy) = both(
            page(),
            &[("image.tif.aux.xml", "<PAMDataset><GeoTransform>1,2,0,3,0,-2</GeoTransform></PAMDataset>")],
        );
        assert_eq!((&copy.kind, &copy.crs), (&source.kind, &source.crs));
    }

    #[test]
    fn control_points_of_a_side_file_become_tie_points() {
        let xml = "<PAMDataset><GCPList Projection=\"EPSG:4326\"><GCP Pixel=\"1\" Line=\"2\" X=\"3\" Y=\"4\"/>\
            <GCP Pixel=\"3\" Line=\"2\" X=\"5\" Y=\"4\"/></GCPList></PAMDataset>";
        let (source, copy) = both(Page::strip(4, 4, &[0; 16]), &[("image.tif.aux.xml", xml)]);
        assert!(matches!(source.kind, GeoreferenceKind::Gcps(_)));
        assert_eq!(copy, source);
    }

    #[test]
    fn a_camera_beside_the_image_becomes_a_tag_and_goes_before_the_images_own() {
        let singles = ["LINE_OFF", "SAMP_OFF", "LAT_OFF", "LONG_OFF", "HEIGHT_OFF"].map(|name| format!("{name}: 7\n"));
        let scales = ["LINE", "SAMP", "LAT", "LONG", "HEIGHT"].map(|name| format!("{name}_SCALE: 2\n"));
        let sets = ["LINE_NUM", "LINE_DEN", "SAMP_NUM", "SAMP_DEN"]
            .map(|set| (1..=20).map(|at| format!("{set}_COEFF_{at}: {at}\n")).collect::<String>());
        let text = [singles.concat(), scales.concat(), sets.concat()].concat();
        let own = Value::Doubles(vec![1.0; 92]);
        for page in [Page::strip(4, 4, &[0; 16]), Page::strip(4, 4, &[0; 16]).tag(50844, own)] {
            let (source, copy) = both(page, &[("image_RPC.TXT", &text)]);
            let GeoreferenceKind::Rpc(camera) = &copy.kind else { panic!("{copy:?}") };
            assert_eq!(camera.coefficients()[2..13], [7.0, 7.0, 7.0, 7.0, 7.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0]);
            assert_eq!(copy, source);
        }
        let items =
            "LINE_OFF SAMP_OFF LAT_OFF LONG_OFF HEIGHT_OFF LINE_SCALE SAMP_SCALE LAT_SCALE LONG_SCALE HEIGHT_SCALE"
                .split(' ')
                .map(|key| format!("<MDI key=\"{key}\">3</MDI>"));
        let sets = ["LINE_NUM", "LINE_DEN", "SAMP_NUM", "SAMP_DEN"]
            .map(|set| format!("<MDI key=\"{set}_COEFF\">{}</MDI>", ["1"; 20].join(" ")));
        let items: String = items.chain(sets).collect();
        let xml = format!("<PAMDataset><Metadata domain=\"RPC\">{items}</Metadata></PAMDataset>");
        let (source, copy) = both(Page::strip(4, 4, &[0; 16]), &[("image.tif.aux.xml", &xml)]);
        assert!(matches!(source.kind, GeoreferenceKind::Rpc(_)));
        assert_eq!(copy, source);
    }

    #[test]
    fn a_side_files_system_that_no_tags_can_say_is_told_to_be_lost() {
        let folder = tempfile::tempdir().unwrap();
        let name = "W".repeat(MAX_CITATION);
        let wkt = format!("LOCAL_CS[&quot;{name}&quot;,UNIT[&quot;metre&quot;,1]]");
        let xml = format!("<PAMDataset><SRS>{wkt}</SRS></PAMDataset>");
        std::fs::write(folder.path().join("image.tif.aux.xml"), xml).unwrap();
        let source = Cog::open(&TiffBuilder::new(page()).write(folder.path(), "image.tif")).unwrap();
        assert_eq!(georeference_tags(&source).unwrap().lost_crs, Some(name));
    }
}
