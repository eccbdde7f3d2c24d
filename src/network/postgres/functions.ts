/**
 * What drivers, ORMs and tools call in questions to the catalogs: functions of pg_catalog that tell of
 * its objects, and such as compute with nothing but their arguments. None takes SQL or the name of a
 * function, and none reads the rows of a table.
 */
export const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'array_agg array_append array_cat array_length array_lower array_ndims array_position ' +
    'array_prepend array_remove array_to_json array_to_string array_upper aclexplode acldefault dense_rank rank encode pg_sequence_parameters avg bit_and bool_and ' +
    'bool_or btrim cardinality ceil char_length coalesce col_description concat concat_ws count ' +
    'current_database current_schema current_schemas current_setting every extract floor format ' +
    'format_type generate_series generate_subscripts greatest has_any_column_privilege ' +
    'has_column_privilege has_database_privilege has_function_privilege has_schema_privilege ' +
    'has_sequence_privilege has_table_privilege has_type_privilege initcap json_agg ' +
    'json_build_array json_build_object json_object_agg jsonb_agg jsonb_build_array ' +
    'jsonb_build_object jsonb_object_agg least left length lower ltrim max md5 min mod now nullif ' +
    'obj_description overlay pg_backend_pid pg_collation_is_visible pg_conversion_is_visible ' +
    'pg_database_size pg_describe_object pg_encoding_to_char pg_function_is_visible ' +
    'pg_get_constraintdef pg_get_expr pg_get_function_arg_default pg_get_function_arguments ' +
    'pg_get_function_identity_arguments pg_get_function_result pg_get_function_sqlbody ' +
    'pg_get_functiondef pg_get_indexdef pg_get_keywords pg_get_object_address ' +
    'pg_get_partition_constraintdef pg_get_partkeydef pg_get_publication_tables ' +
    'pg_get_replica_identity_index pg_get_ruledef pg_get_serial_sequence pg_get_statisticsobjdef ' +
    'pg_get_statisticsobjdef_columns pg_get_triggerdef pg_get_userbyid pg_get_viewdef ' +
    'pg_identify_object pg_index_column_has_property pg_index_has_property ' +
    'pg_indexam_has_property pg_indexes_size pg_opclass_is_visible pg_operator_is_visible ' +
    'pg_opfamily_is_visible pg_options_to_table pg_relation_is_updatable pg_relation_size ' +
    'pg_size_pretty pg_statistics_obj_is_visible pg_table_is_visible pg_table_size ' +
    'pg_total_relation_size pg_ts_config_is_visible pg_ts_dict_is_visible pg_ts_parser_is_visible ' +
    'pg_ts_template_is_visible pg_type_is_visible pg_typeof position quote_ident quote_literal ' +
    'quote_nullable regexp_match regexp_matches regexp_replace replace right round row_number ' +
    'row_to_json rtrim shobj_description split_part starts_with string_agg string_to_array strpos ' +
    'substr substring sum to_json to_jsonb to_regclass to_regnamespace to_regoper to_regoperator ' +
    'to_regproc to_regprocedure to_regrole to_regtype translate trim unnest upper version'
  ).split(' '),
);

/** What stands before a parenthesis in SQL and is no function. */
export const NO_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'ALL AND ANY ARRAY AS ASC BETWEEN BY CASE CROSS DESC DISTINCT ELSE EXCEPT EXISTS FILTER FROM FULL HAVING ' +
    'ILIKE IN INNER INTERSECT IS JOIN LATERAL LIKE LIMIT MATERIALIZED NATURAL NOT OFFSET ON ONLY OR OUTER ' +
    'OVER RETURNING ROW SELECT SOME THEN UNION USING VALUES WHEN WHERE CAST GROUP'
  ).split(' '),
);
