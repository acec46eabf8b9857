-- Records of programs as document 3's table of calls has them, for who reads them in the database.
CREATE VIEW calls AS
SELECT call_id AS id, client_id, phone_number, direction, status, duration, recording_url, transcript, summary, sentiment, confidence_score,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at
FROM gateway_calls;
