//! The style in a query: the same words as on the command line, and those of TiTiler.

use super::error::RequestError;
use super::parameters::{Parameters, shortened};
use crate::raster::Resampling;
use crate::render::{Colormap, StyleWords};

/// `bands`, `expression`, `rescale`, `stretch`, `colormap`, `gamma`, `nodata`, `resampling`; `None` if none is said.
pub(super) fn from_query(given: &Parameters) -> Result<Option<StyleWords>, RequestError> {
    let text = |name: &str| given.filled(name).map(str::to_owned);
    let words = StyleWords {
        bands: given.filled("bands").map(listed),
        expression: text("expression"),
        rescale: ranges(given)?,
        stretch: text("stretch"),
        colormap: text("colormap"),
        gamma: given.value("gamma", "number")?,
        nodata: given.value("nodata", "number")?,
        resampling: resampling(given)?,
    };
    Ok((words != StyleWords::default()).then_some(words))
}

/// The style that a text speaks of, in the words of a tile's address but as they are, without `%xx`.
pub fn style_words(text: &str) -> Result<StyleWords, String> {
    const KNOWN: [&str; 8] = ["bands", "expression", "rescale", "stretch", "colormap", "gamma", "nodata", "resampling"];
    let pairs = text.split('&').map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = name.trim().to_ascii_lowercase();
        if KNOWN.contains(&name.as_str()) {
            return Ok((name, value.to_owned()));
        }
        Err(format!("`{}` is no word of a style; there are {}", shortened(part), KNOWN.join(", ")))
    });
    let given = Parameters::of(pairs.collect::<Result<_, _>>()?);
    let words = from_query(&given).map_err(|error| error.to_string())?;
    words.ok_or_else(|| "nothing is said of the style".to_owned())
}

/// `bidx` (repeatable), `expression`, `rescale` (repeatable), `colormap_name`, `nodata`, `resampling`. As there, a pixel is that of
/// the nearest source pixel unless something else is said.
pub(super) fn from_titiler(given: &Parameters) -> Result<StyleWords, RequestError> {
    /// What would change the picture and is not understood here.
    const REFUSED: [&str; 5] = ["color_formula", "colormap", "algorithm", "buffer", "padding"];
    if let Some(name) = REFUSED.into_iter().find(|name| given.filled(name).is_some()) {
        return Err(RequestError::parameter(name, "cogscope does not know this parameter of TiTiler"));
    }
    if given.flag("unscale")? == Some(true) {
        return Err(RequestError::parameter("unscale", "values are as stored; /cogs/{id}/point tells scaled ones"));
    }
    let bands: Vec<String> = given.all("bidx").flat_map(listed).collect();
    let mut words = StyleWords {
        bands: (!bands.is_empty()).then_some(bands),
        rescale: ranges(given)?,
        colormap: given.filled("colormap_name").map(colormap).transpose()?,
        nodata: given.value("nodata", "number")?,
        resampling: resampling(given)?.or(Some(Resampling::Nearest)),
        ..StyleWords::default()
    };
    match given.filled("expression") {
        None => {}
        Some(text) if !text.trim_end_matches(';').contains(';') => {
            words.expression = Some(text.trim_end_matches(';').to_owned());
        }
        Some(several) => words.bands = Some(only_bands(several)?),
    }
    Ok(words)
}

/// A value of a query that holds several, divided by commas.
pub(super) fn listed(text: &str) -> Vec<String> {
    text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// `b3;b2;b1`: several expressions make a picture if each is a band.
fn only_bands(text: &str) -> Result<Vec<String>, RequestError> {
    let number = |part: &str| {
        let digits = part.trim().strip_prefix(['b', 'B'])?;
        digits.parse::<usize>().ok().map(|number| number.to_string())
    };
    let bands: Option<Vec<String>> = text.split(';').filter(|part| !part.trim().is_empty()).map(number).collect();
    bands.ok_or_else(|| {
        RequestError::parameter(
            "expression",
            "a picture shows one expression, or several that are each a band: b3;b2;b1",
        )
    })
}

/// Each `LO,HI`; several may also stand in one value.
fn ranges(given: &Parameters) -> Result<Vec<(f64, f64)>, RequestError> {
    let mut ranges = Vec::new();
    for text in given.all("rescale").filter(|text| !text.trim().is_empty()) {
        let wrong = || {
            let reason = format!("`{}` is no range; give two numbers such as 0,3000", shortened(text));
            RequestError::parameter("rescale", reason)
        };
        let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
        let numbers: Vec<f64> =
            inner.split(',').map(|number| number.trim().parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
        if numbers.is_empty() || !numbers.len().is_multiple_of(2) || numbers.iter().any(|number| !number.is_finite()) {
            return Err(wrong());
        }
        ranges.extend(numbers.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))));
    }
    Ok(ranges)
}

fn resampling(given: &Parameters) -> Result<Option<Resampling>, RequestError> {
    let known = |name: &str| {
        let found = Resampling::ALL.into_iter().find(|kernel| kernel.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let names = Resampling::ALL.map(Resampling::name).join(", ");
            let reason = format!("`{}` is none; there are {names}", shortened(name));
            RequestError::parameter("resampling", reason)
        })
    };
    given.filled("resampling").or_else(|| given.filled("reproject")).map(known).transpose()
}

/// TiTiler's names are those of matplotlib in lower case, whose greys run from white to black.
fn colormap(name: &str) -> Result<String, RequestError> {
    let name = match name.to_ascii_lowercase().as_str() {
        "greys" | "gray_r" | "binary" => "grey_r".to_owned(),
        "greys_r" | "gray" | "binary_r" => "grey".to_owned(),
        other => other.to_owned(),
    };
    if Colormap::named(&name).is_some() {
        return Ok(name);
    }
    let names = Colormap::names().collect::<Vec<_>>().join(", ");
    let reason = format!("there is none named `{}`; there are {names}, each also with _r", shortened(&name));
    Err(RequestError::parameter("colormap_name", reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(query: &str) -> StyleWords {
        from_query(&Parameters::parse(query)).unwrap().unwrap()
    }

    #[test]
    fn a_query_says_what_the_command_line_says() {
        let found = words("bands=B4,B3,B2&rescale=0,3000&rescale=10,2000&gamma=1.4&stretch=2,98&RESAMPLING=Nearest");
        assert_eq!(found.bands.unwrap(), ["B4", "B3", "B2"]);
        assert_eq!(found.rescale, [(0.0, 3000.0), (10.0, 2000.0)]);
        assert_eq!((found.gamma, found.stretch.as_deref()), (Some(1.4), Some("2,98")));
        assert_eq!(found.resampling, Some(Resampling::Nearest));
        assert_eq!(words("resampling=lanczos").resampling, Some(Resampling::Lanczos));
        assert_eq!(from_query(&Parameters::parse("style=x&bands=")).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_understood_is_refused_with_the_parameters_name() {
        for (query, start) in [
            ("rescale=0", "rescale: `0` is no range"),
            ("rescale=0,NaN", "rescale: "),
            ("gamma=much", "gamma: `much` is no number"),
            ("resampling=mode", "resampling: `mode` is none"),
        ] {
            let error = from_query(&Parameters::parse(query)).unwrap_err().to_string();
            assert!(error.starts_with(start), "{error}");
        }
    }

    #[test]
    fn a_style_on_the_command_line_has_the_same_words_as_they_are() {
        let found = style_words("expression=(b4-b3)/(b4+b3)&colormap=viridis&rescale=-1,1").unwrap();
        assert_eq!(found.expression.as_deref(), Some("(b4-b3)/(b4+b3)"), "a + is no space");
        assert_eq!((found.colormap.as_deref(), found.rescale.as_slice()), (Some("viridis"), [(-1.0, 1.0)].as_slice()));
        assert_eq!(style_words("").unwrap_err().split(';').next(), Some("`` is no word of a style"));
        assert!(style_words("colormp=viridis").unwrap_err().starts_with("`colormp=viridis` is no word"));
        assert!(style_words("bands=").unwrap_err().contains("nothing is said"));
        assert!(style_words("gamma=much").unwrap_err().starts_with("gamma: "));
    }

    #[test]
    fn titilers_words_mean_the_same() {
        let words = |query: &str| from_titiler(&Parameters::parse(query));
        let found = words("bidx=3&bidx=2&bidx=1&rescale=0,1,2,3,4,5").unwrap();
        assert_eq!(found.bands.unwrap(), ["3", "2", "1"]);
        assert_eq!(found.rescale, [(0.0, 1.0), (2.0, 3.0), (4.0, 5.0)]);
        assert_eq!(found.resampling, Some(Resampling::Nearest));
        assert_eq!(words("colormap_name=Greys").unwrap().colormap.unwrap(), "grey_r");
        assert_eq!(words("expression=b1/b2;").unwrap().expression.unwrap(), "b1/b2");
        assert_eq!(words("expression=b3;b2;b1").unwrap().bands.unwrap(), ["3", "2", "1"]);
        assert!(words("expression=b1%2Bb2;b3").is_err());
        assert!(words("colormap_name=jetlag").is_err());
        assert!(words("algorithm=hillshade").is_err());
        assert!(words("unscale=true").is_err());
    }
}
