//! A virtual internet that runs the appliance's own code in virtual time.
#![forbid(unsafe_code)]
