/// Experiments on generated rooms: many trainings through the very path that the commands take,
/// and a table of their results.
package org.octolift.apps.experiment;
