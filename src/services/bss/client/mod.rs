//! A typed client of BSS: no Lua, no printing.
