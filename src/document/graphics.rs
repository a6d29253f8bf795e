//! What draws the window: the links of the chain that is tried, and what is remembered of them.

use serde::{Deserialize, Serialize};

/// A way to draw the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Renderer {
    /// wgpu (Vulkan, Metal, Direct3D 12) on the graphics hardware, or on a software adapter where there is none.
    Wgpu,
    /// wgpu on a software adapter only.
    Software,
    /// OpenGL.
    Glow,
}

impl Renderer {
    /// All, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::Wgpu, Self::Software, Self::Glow];

    /// As it is written on the command line and in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wgpu => "wgpu",
            Self::Software => "software",
            Self::Glow => "glow",
        }
    }

    /// The renderer of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|renderer| renderer.name() == name)
    }
}

/// What earlier starts have shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GraphicsMemory {
    /// What drew the window last.
    pub last_good: Option<Renderer>,
    /// The link of the chain that led there, if it is another one: with graphics hardware, it will lead to that.
    pub last_link: Option<Renderer>,
    /// What crashed in its first seconds since then, the earliest first.
    pub crashed: Vec<Renderer>,
}

impl GraphicsMemory {
    /// In which order to try: the link that worked last first, and at the end what crashed, the earliest first.
    pub fn order(&self) -> Vec<Renderer> {
        let first = self.last_link.or(self.last_good);
        let others = Renderer::ALL.into_iter().filter(|renderer| Some(*renderer) != first);
        let mut order: Vec<Renderer> = first.into_iter().chain(others).collect();
        order.sort_by_key(|renderer| {
            self.crashed.iter().position(|crashed| crashed == renderer).map_or(0, |position| position + 1)
        });
        order
    }

    /// A renderer crashed, or showed nothing, in its first seconds.
    pub fn crashed(&mut self, renderer: Renderer) {
        self.crashed.retain(|known| *known != renderer);
        self.crashed.push(renderer);
    }

    /// A link of the chain works, and this draws.
    pub fn works(&mut self, link: Renderer, drawn_by: Renderer) {
        let last_link = (link != drawn_by).then_some(link);
        *self = Self { last_good: Some(drawn_by), last_link, crashed: Vec::new() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Renderer::{Glow, Software, Wgpu};

    #[test]
    fn hardware_comes_first_and_the_last_good_one_before_it() {
        let mut memory = GraphicsMemory::default();
        assert_eq!(memory.order(), [Wgpu, Software, Glow]);
        memory.works(Glow, Glow);
        assert_eq!(memory.order(), [Glow, Wgpu, Software]);
    }

    #[test]
    fn after_each_crash_the_next_one_is_tried_until_one_works() {
        let mut memory = GraphicsMemory::default();
        for (crashed, next) in [(Wgpu, Software), (Software, Glow), (Glow, Wgpu), (Wgpu, Software)] {
            memory.crashed(crashed);
            assert_eq!(memory.order().first(), Some(&next));
        }
        memory.works(Software, Software);
        assert_eq!(memory.order(), [Software, Wgpu, Glow]);
    }

    #[test]
    fn without_hardware_it_is_remembered_that_software_draws_and_hardware_still_comes_first() {
        let mut memory = GraphicsMemory::default();
        memory.works(Wgpu, Software);
        assert_eq!(memory.last_good, Some(Software));
        assert_eq!(memory.order(), [Wgpu, Software, Glow]);
        [Wgpu, Software].into_iter().for_each(|renderer| memory.crashed(renderer));
        assert_eq!(memory.order(), [Glow, Wgpu, Software]);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for renderer in Renderer::ALL {
            assert_eq!(Renderer::named(renderer.name()), Some(renderer));
            let json = serde_json::to_string(&renderer).unwrap();
            assert_eq!(json, format!("\"{}\"", renderer.name()));
        }
    }
}
