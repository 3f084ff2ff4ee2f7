//! The weights of everything after the backbones: one safetensors file of named f32 arrays.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Named arrays of one or two dimensions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weights {
    arrays: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

/// Why weights cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the classifier weights {0}")]
pub struct WeightsError(String);

impl Weights {
    /// Reads a safetensors file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| WeightsError(format!("cannot be read: {error}")))?;
        let mut weights = Self::default();
        for (name, view) in file.iter() {
            if view.dtype() != Dtype::F32 {
                return Err(WeightsError(format!("'{name}' are not 32-bit floats")));
            }
            let values: Vec<f32> = view
                .data()
                .chunks_exact(4)
                .map(|word| f32::from_le_bytes([word[0], word[1], word[2], word[3]]))
                .collect();
            if values.iter().any(|value| !value.is_finite()) {
                return Err(WeightsError(format!("'{name}' hold a value that is no number")));
            }
            weights.arrays.insert(name.to_owned(), (view.shape().to_vec(), values));
        }
        Ok(weights)
    }

    /// Writes a safetensors file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, WeightsError> {
        let cannot = |error: safetensors::SafeTensorError| WeightsError(format!("cannot be written: {error}"));
        let raw: Vec<(&String, &Vec<usize>, Vec<u8>)> = self
            .arrays
            .iter()
            .map(|(name, (shape, values))| (name, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect()))
            .collect();
        let mut views = Vec::with_capacity(raw.len());
        for (name, shape, data) in &raw {
            views.push((name.as_str(), TensorView::new(Dtype::F32, (*shape).clone(), data).map_err(cannot)?));
        }
        safetensors::serialize(views, None).map_err(cannot)
    }

    /// Adds a vector.
    pub fn insert_vector(&mut self, name: impl Into<String>, values: &Array1<f64>) {
        self.arrays.insert(name.into(), (vec![values.len()], values.iter().map(|value| *value as f32).collect()));
    }

    /// Adds a matrix.
    pub fn insert_matrix(&mut self, name: impl Into<String>, values: &Array2<f64>) {
        let shape = vec![values.nrows(), values.ncols()];
        self.arrays.insert(name.into(), (shape, values.iter().map(|value| *value as f32).collect()));
    }

    /// The vector of this name.
    pub fn vector(&self, name: &str) -> Result<Array1<f64>, WeightsError> {
        match self.get(name)? {
            ([_], values) => Ok(values.iter().map(|value| f64::from(*value)).collect()),
            (shape, _) => Err(WeightsError(format!("'{name}' have shape {shape:?}, not one dimension"))),
        }
    }

    /// Whether there is an array of this name.
    pub fn has(&self, name: &str) -> bool {
        self.arrays.contains_key(name)
    }

    /// The matrix of this name.
    pub fn matrix(&self, name: &str) -> Result<Array2<f64>, WeightsError> {
        let (shape, values) = self.get(name)?;
        let wrong = || WeightsError(format!("'{name}' have shape {shape:?}, not two dimensions"));
        let [rows, columns] = shape else { return Err(wrong()) };
        let values = values.iter().map(|value| f64::from(*value)).collect();
        Array2::from_shape_vec((*rows, *columns), values).map_err(|_| wrong())
    }

    fn get(&self, name: &str) -> Result<(&[usize], &[f32]), WeightsError> {
        let (shape, values) = self.arrays.get(name).ok_or_else(|| WeightsError(format!("lack '{name}'")))?;
        Ok((shape, values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn arrays_come_back_as_they_went_in() {
        let mut weights = Weights::default();
        weights.insert_vector("a", &array![1.0, -2.5]);
        weights.insert_matrix("b", &array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let back = Weights::from_bytes(&weights.to_bytes().unwrap()).unwrap();
        assert_eq!(back.vector("a").unwrap(), array![1.0, -2.5]);
        assert_eq!(back.matrix("b").unwrap(), array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert!(back.vector("b").is_err() && back.matrix("c").is_err());
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        let mut weights = Weights::default();
        weights.insert_vector("a", &array![f64::NAN]);
        assert!(Weights::from_bytes(&weights.to_bytes().unwrap()).is_err());
    }
}
