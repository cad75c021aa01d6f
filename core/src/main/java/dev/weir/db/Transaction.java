package dev.weir.db;

/** An open transaction; the db part owns and completes this type. */
public interface Transaction {}
