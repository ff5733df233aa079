package org.octolift.nn.autograd;

import org.octolift.nn.Parameter;

/// What a BatchNorm layer owns.
///
/// @param weight γ
/// @param bias β
/// @param runningMean mean over past batches
/// @param runningVariance unbiased variance over past batches
/// @param epsilon added to the variance
/// @param momentum weight of a new batch in the running statistics
public record BatchNormParameters(
    Parameter weight,
    Parameter bias,
    Parameter runningMean,
    Parameter runningVariance,
    float epsilon,
    float momentum) {}
