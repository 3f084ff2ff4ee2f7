//! The spellings of BodyPartExamined (0018,0015).
//!
//! Terms are those of PS3.16, annex L and context groups 4031 and 4040, written with and without spaces, and what
//! equipment is seen to send besides. Words that name no body part (sides, views) are passed over, so `LT HAND`,
//! `Hand_R` and `left hand, PA` all name the hand. A film of two regions, such as `HAND/FOREARM`, names neither.

use super::Region;

impl Region {
    /// The region that a BodyPartExamined names; `None` where it names none of ours, or more than one.
    pub fn from_body_part_examined(term: &str) -> Option<Region> {
        let term = term.to_ascii_uppercase();
        let words: Vec<&str> =
            term.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|w| !w.is_empty()).collect();
        let mut parts = parts(&words);
        match parts.next()? {
            Part::Region(region) => parts.all(|part| part == Part::Region(region)).then_some(region),
            Part::Elsewhere => None,
        }
    }
}

/// A part of the body that a term names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Region(Region),
    /// A part that is none of our regions: a film that shows it too is no film of a region.
    Elsewhere,
}

/// The parts that consecutive words name, the longest names first: `UPPER LEG` is not the leg.
fn parts(words: &[&str]) -> impl Iterator<Item = Part> {
    let mut rest = words;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let longest =
                (1..=rest.len().min(MOST_WORDS)).rev().find_map(|count| Some((part(&rest[..count].concat())?, count)));
            let (part, count) = longest.map_or((None, 1), |(part, count)| (Some(part), count));
            rest = &rest[count..];
            if part.is_some() {
                return part;
            }
        }
        None
    })
}

/// Words of the longest name, `ACROMIO CLAVICULAR JOINT`.
const MOST_WORDS: usize = 3;

/// The part that a name without spaces stands for, perhaps with the side in front, as in `LHAND`.
fn part(name: &str) -> Option<Part> {
    const SIDES: [&str; 6] = ["LEFT", "RIGHT", "LT", "RT", "L", "R"];
    named(name).or_else(|| SIDES.iter().find_map(|side| named(name.strip_prefix(side)?)))
}

fn named(name: &str) -> Option<Part> {
    let region = match name {
        "HAND" | "HANDS" | "FINGER" | "FINGERS" | "THUMB" | "METACARPAL" | "METACARPUS" => Region::Hand,
        "WRIST" | "WRISTS" | "WRISTJOINT" | "CARPUS" | "CARPAL" | "SCAPHOID" => Region::Wrist,
        "FOREARM" | "LOWERARM" | "RADIUS" | "ULNA" | "RADIUSULNA" | "RADIUSANDULNA" | "RADULNA" => Region::Forearm,
        "ELBOW" | "ELBOWS" | "ELBOWJOINT" | "OLECRANON" => Region::Elbow,
        "HUMERUS" | "UPPERARM" | "ARM" => Region::Humerus,
        "SHOULDER" | "SHOULDERS" | "SHOULDERJOINT" | "CLAVICLE" | "SCAPULA" | "ACJOINT" => Region::Shoulder,
        "ACROMIOCLAVICULARJOINT" | "GLENOHUMERALJOINT" => Region::Shoulder,
        "HIP" | "HIPS" | "HIPJOINT" | "ACETABULUM" => Region::Hip,
        "PELVIS" | "SACRUM" | "COCCYX" | "ILIUM" | "SIJOINT" | "SACROILIACJOINT" => Region::Pelvis,
        "FEMUR" | "THIGH" | "UPPERLEG" => Region::Femur,
        "KNEE" | "KNEES" | "KNEEJOINT" | "PATELLA" => Region::Knee,
        "LEG" | "LOWERLEG" | "CALF" | "TIBIA" | "FIBULA" | "TIBIAFIBULA" | "TIBIAANDFIBULA" | "TIBFIB" => Region::Leg,
        "ANKLE" | "ANKLES" | "ANKLEJOINT" | "MALLEOLUS" => Region::Ankle,
        "FOOT" | "FEET" | "TOE" | "TOES" | "CALCANEUS" | "CALCANEUM" | "HEEL" | "METATARSAL" | "TARSUS" => Region::Foot,
        "CHEST" | "THORAX" | "LUNG" | "LUNGS" => Region::Chest,
        "ABDOMEN" | "SPINE" | "SKULL" | "LEGS" | "ARMS" => return Some(Part::Elsewhere),
        "LOWEREXTREMITY" | "UPPEREXTREMITY" | "LOWERLIMB" | "UPPERLIMB" => return Some(Part::Elsewhere),
        _ => return None,
    };
    Some(Part::Region(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_terms_name_their_region() {
        let terms = [
            ("HAND", Region::Hand),
            ("FINGER", Region::Hand),
            ("THUMB", Region::Hand),
            ("WRIST", Region::Wrist),
            ("FOREARM", Region::Forearm),
            ("RADIUS", Region::Forearm),
            ("ULNA", Region::Forearm),
            ("RADIUSULNA", Region::Forearm),
            ("ELBOW", Region::Elbow),
            ("HUMERUS", Region::Humerus),
            ("UPPERARM", Region::Humerus),
            ("SHOULDER", Region::Shoulder),
            ("CLAVICLE", Region::Shoulder),
            ("SCAPULA", Region::Shoulder),
            ("ACJOINT", Region::Shoulder),
            ("HIP", Region::Hip),
            ("PELVIS", Region::Pelvis),
            ("FEMUR", Region::Femur),
            ("THIGH", Region::Femur),
            ("UPPERLEG", Region::Femur),
            ("KNEE", Region::Knee),
            ("PATELLA", Region::Knee),
            ("LEG", Region::Leg),
            ("LOWERLEG", Region::Leg),
            ("TIBIAFIBULA", Region::Leg),
            ("TIBIA", Region::Leg),
            ("FIBULA", Region::Leg),
            ("ANKLE", Region::Ankle),
            ("CALCANEUS", Region::Foot),
            ("HEEL", Region::Foot),
            ("FOOT", Region::Foot),
            ("TOE", Region::Foot),
            ("CHEST", Region::Chest),
            ("THORAX", Region::Chest),
        ];
        for (term, region) in terms {
            assert_eq!(Region::from_body_part_examined(term), Some(region), "{term}");
        }
    }

    #[test]
    fn every_region_knows_its_own_name() {
        for region in Region::ALL {
            assert_eq!(Region::from_body_part_examined(region.name()), Some(region));
        }
    }

    #[test]
    fn sides_views_case_and_joints_between_words_do_not_matter() {
        let terms = [
            ("LT HAND", Region::Hand),
            ("Left Hand", Region::Hand),
            ("HAND_R", Region::Hand),
            ("LHAND", Region::Hand),
            (" hand, PA ", Region::Hand),
            ("RADIUS/ULNA", Region::Forearm),
            ("UPPER LEG", Region::Femur),
            ("Rt. Lower Leg AP", Region::Leg),
            ("TIB FIB", Region::Leg),
            ("LEG", Region::Leg),
            ("RT_KNEE_LAT", Region::Knee),
            ("Knee, patella", Region::Knee),
            ("ACROMIO-CLAVICULAR JOINT", Region::Shoulder),
        ];
        for (term, region) in terms {
            assert_eq!(Region::from_body_part_examined(term), Some(region), "{term}");
        }
    }

    #[test]
    fn what_is_no_single_region_names_none() {
        for term in
            ["", " ", "EXTREMITY", "LOWER LIMB", "SKULL", "CSPINE", "HAND/FOREARM", "CHEST ABDOMEN PELVIS", "UNKNOWN"]
        {
            assert_eq!(Region::from_body_part_examined(term), None, "{term}");
        }
    }
}
