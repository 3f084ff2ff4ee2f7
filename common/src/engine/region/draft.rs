//! A region while it is put together: layers over numbered maps, then a place in memory for each map.

use std::sync::{Arc, Mutex};

use super::step::{Layer, Output, Place, Step};
use super::{Program, Region};
use crate::engine::layout::{Border, LANES, Layout};

/// The number of a map.
pub type MapId = usize;

/// Layers in the order in which they run.
#[derive(Debug, Default)]
pub struct Draft {
    maps: Vec<DraftMap>,
    steps: Vec<Step<MapId>>,
}

/// What is known of a map before it has a place.
#[derive(Debug, Clone)]
pub struct DraftMap {
    /// Its final layout but for the border, which grows with each reader.
    pub layout: Layout,
    /// Whether it cannot have a value below zero.
    pub non_negative: bool,
    /// The map that it is a part of, from this block on.
    part_of: Option<(MapId, usize)>,
}

impl Draft {
    /// A new map of `lanes` channels a block.
    pub fn map(&mut self, [channels, rows, columns]: [usize; 3], lanes: usize, non_negative: bool) -> MapId {
        let layout = Layout { channels, rows, columns, lanes, border: Border::default() };
        self.maps.push(DraftMap { layout, non_negative, part_of: None });
        self.maps.len() - 1
    }

    /// What is known of a map.
    pub fn get(&self, map: MapId) -> &DraftMap {
        &self.maps[map]
    }

    /// Adds a layer that makes a new map; each map it reads gets at least the border beside it.
    pub fn layer(&mut self, layer: Layer, inputs: &[(MapId, Border)], shape: [usize; 3], non_negative: bool) -> MapId {
        for &(map, border) in inputs {
            let (root, _) = self.root(map);
            self.maps[root].layout.border = self.maps[root].layout.border.union(border);
        }
        let output = self.map(shape, LANES, non_negative);
        self.steps.push(Step { layer, inputs: inputs.iter().map(|(map, _)| *map).collect(), output });
        output
    }

    /// One map of several, one after another: they are written into it in the first place. `None` where that cannot be: a map is a part
    /// already, ends inside a block, or is the film.
    pub fn join(&mut self, parts: &[MapId]) -> Option<MapId> {
        let (last, others) = parts.split_last()?;
        let film = 0;
        let whole = |map: &MapId| self.maps[*map].layout.channels.is_multiple_of(LANES);
        let free = |map: &MapId| *map != film && self.maps[*map].part_of.is_none();
        let distinct = (1..parts.len()).all(|index| !parts[..index].contains(&parts[index]));
        // A layer that reads one part of a map and writes another would read and write one buffer.
        let apart = self.steps.iter().all(|step| {
            !parts.contains(&self.root(step.output).0)
                || step.inputs.iter().all(|input| !parts.contains(&self.root(*input).0))
        });
        if !(others.iter().all(whole) && parts.iter().all(free) && distinct && apart)
            || self.maps[*last].layout.lanes != LANES
        {
            return None;
        }
        let layout = self.maps[*last].layout;
        let channels = parts.iter().map(|map| self.maps[*map].layout.channels).sum();
        let joined = self.map(
            [channels, layout.rows, layout.columns],
            LANES,
            parts.iter().all(|map| self.maps[*map].non_negative),
        );
        let mut block = 0;
        for &part in parts {
            self.maps[part].part_of = Some((joined, block));
            block += self.maps[part].layout.blocks();
            self.maps[joined].layout.border = self.maps[joined].layout.border.union(self.maps[part].layout.border);
        }
        Some(joined)
    }

    /// The map whose buffer holds this one, and from which block on.
    fn root(&self, mut map: MapId) -> (MapId, usize) {
        let mut block = 0;
        while let Some((whole, offset)) = self.maps[map].part_of {
            (map, block) = (whole, block + offset);
        }
        (map, block)
    }

    /// Gives each map its place, so that maps that are never alive at once share a buffer.
    pub fn finish(mut self, film: MapId, outputs: Vec<Output<MapId>>) -> Region {
        let drafted = std::mem::take(&mut self.steps);
        let never = drafted.len();
        let mut last_use = vec![0; self.maps.len()];
        for (index, step) in drafted.iter().enumerate() {
            for map in step.inputs.iter().chain([&step.output]) {
                last_use[self.root(*map).0] = index;
            }
        }
        outputs.iter().flat_map(|output| &output.maps).for_each(|map| last_use[self.root(*map).0] = never);

        let mut buffers: Vec<usize> = Vec::new();
        let mut free: Vec<usize> = Vec::new();
        let mut held: Vec<Option<usize>> = vec![None; self.maps.len()];
        let mut place = |map: MapId, held: &mut Vec<Option<usize>>, free: &mut Vec<usize>| {
            let (root, first_block) = self.root(map);
            let layout = Layout { border: self.maps[root].layout.border, ..self.maps[map].layout };
            let lanes = self.maps[root].layout.len().div_ceil(LANES);
            let buffer = *held[root].get_or_insert_with(|| {
                // Of the free buffers the one whose size fits best.
                let best = free.iter().enumerate().min_by_key(|(_, buffer)| buffers[**buffer].abs_diff(lanes));
                match best.map(|(index, _)| index) {
                    Some(index) => free.swap_remove(index),
                    None => {
                        buffers.push(0);
                        buffers.len() - 1
                    }
                }
            });
            buffers[buffer] = buffers[buffer].max(lanes);
            Place { buffer, first_block, layout }
        };
        let film = place(film, &mut held, &mut free);
        let mut steps = Vec::new();
        for (index, step) in drafted.into_iter().enumerate() {
            let inputs: Vec<Place> = step.inputs.iter().map(|map| place(*map, &mut held, &mut free)).collect();
            let output = place(step.output, &mut held, &mut free);
            steps.push(Step { layer: step.layer, inputs, output });
            for (map, last) in last_use.iter().enumerate() {
                if *last == index
                    && let Some(buffer) = held[map].take()
                {
                    free.push(buffer);
                }
            }
        }
        let outputs = outputs.into_iter().map(|Output { maps, shape }| {
            let maps = maps.into_iter().map(|map| place(map, &mut held, &mut free)).collect();
            Output { maps, shape }
        });
        let outputs = outputs.collect();
        Region { program: Arc::new(Program { film, steps, outputs, buffers, idle: Mutex::default() }) }
    }
}
