/// Where the time of a step goes: costs of ops, tables, and traces for a viewer.
package org.octolift.apps.profile;
