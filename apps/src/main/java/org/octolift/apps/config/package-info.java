/// Settings of a run: the reference's YAML files and `KEY VALUE` pairs, merged by the rules of yacs
/// and checked once, into records. {@link org.octolift.apps.config.RunConfig#load} is the way in.
package org.octolift.apps.config;
