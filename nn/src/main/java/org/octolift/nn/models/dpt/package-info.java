/// Dense prediction transformers for images (Ranftl, Bochkovskiy and Koltun, "Vision Transformers
/// for Dense Prediction", 2021), for inference with the published weights.
package org.octolift.nn.models.dpt;
