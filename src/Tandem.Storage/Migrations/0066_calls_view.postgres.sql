-- Records of programs as document 3's table of calls has them, for who reads them in the database.
CREATE VIEW calls AS
SELECT CAST(call_id AS uuid) AS id,
    CAST(client_id AS uuid) AS client_id,
    CAST(phone_number AS varchar(20)) AS phone_number,
    CAST(direction AS varchar(10)) AS direction,
    CAST(status AS varchar(50)) AS status,
    CAST(LEAST(duration, 2147483647) AS integer) AS duration,
    recording_url,
    transcript,
    summary,
    CAST(sentiment AS varchar(20)) AS sentiment,
    CAST(confidence_score AS numeric(3, 2)) AS confidence_score,
    to_timestamp(created_at / 1000.0) AS created_at,
    to_timestamp(updated_at / 1000.0) AS updated_at
FROM gateway_calls;
