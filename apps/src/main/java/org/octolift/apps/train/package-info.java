/// Training and testing around the network: learning rates, metrics, logs, progress, checkpoints.
package org.octolift.apps.train;
