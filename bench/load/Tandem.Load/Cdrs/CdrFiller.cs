using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Tandem.Load.Cdrs;

/// <summary>
/// Records of a year as an installation has them: one big tenant (four calls of ten) and 199 that shrink; 500 extensions and a million numbers outside; every
/// third call fails, mostly because nobody answers; durations fall off, the longest is hours; one call of ten has a leg that did not answer.
/// </summary>
internal sealed class CdrFiller(NpgsqlDataSource source)
{
    private const int Chunk = 500_000;

    public static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task FillAsync(int rows)
    {
        var clock = Stopwatch.StartNew();
        await ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        await ExecuteAsync("INSERT INTO tenants (tenant_id, display_name, created_at) SELECT 't' || n, 't' || n, 0 FROM generate_series(1, 199) AS n ON CONFLICT DO NOTHING");

        // Indexes are made once over all rows: a year of calls fills them in a few minutes and not in hours.
        var indexes = await IndexesAsync();
        foreach (var (name, _) in indexes)
            await ExecuteAsync($"DROP INDEX {name}");
        for (var from = 0; from < rows; from += Chunk)
        {
            await ExecuteAsync(Records(from, Math.Min(from + Chunk, rows) - 1, rows));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Math.Min(from + Chunk, rows)} records after {clock.Elapsed.TotalSeconds:0} s"));
        }

        await ExecuteAsync(Attempts);
        foreach (var (_, definition) in indexes)
            await ExecuteAsync(definition);
        await ExecuteAsync("INSERT INTO call_totals SELECT tenant_id, COUNT(*), COUNT(answered_at), SUM(duration_ms) FROM cdrs GROUP BY tenant_id ON CONFLICT DO NOTHING");
        await ExecuteAsync("VACUUM ANALYZE cdrs");
        await ExecuteAsync("VACUUM ANALYZE cdr_attempts");
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"filled after {clock.Elapsed.TotalSeconds:0} s"));
    }

    private static string Records(int from, int to, int rows) => string.Create(CultureInfo.InvariantCulture, $"""
        INSERT INTO cdrs (call_id, tenant_id, trace_id, caller_number, callee_number, caller_address, callee_address, caller_sip_call_id, callee_sip_call_id, initiated_at, ringing_at,
            answered_at, ended_at, duration_ms, result, reason, sip_status, ended_by, q850_cause, verdict_text, caller_packets, caller_bytes, caller_lost, caller_jitter_us, callee_packets,
            callee_bytes, callee_lost, callee_jitter_us, caller_codec, callee_codec, direction, profile_id, attempts, price_micros, ivr_path, ivr_flow, recording_ids)
        SELECT upper(lpad(to_hex(n), 10, '0')) || substr(upper(md5(n::text)), 1, 16), tenant, md5(n::text), caller, callee, '192.0.2.1:5060', '198.51.100.7:5060', 'a' || md5(n::text), 'b' || md5(n::text),
            began, began + 1000, CASE WHEN talk > 0 THEN began + 5000 END, began + 5000 + talk, talk, result, CASE WHEN talk > 0 THEN 'Completed' ELSE 'NoAnswer' END, CASE WHEN talk > 0 THEN 200 ELSE 480 END,
            'Caller', 16, '', talk / 20, talk * 8, 0, 300, talk / 20, talk * 8, 0, 300, 'PCMA', 'PCMA', direction, profile,
            CASE WHEN p4 < 0.1 THEN 1 ELSE 0 END, CASE WHEN direction = 'Outbound' AND talk > 0 THEN (talk / 60000 + 1) * 12000 END,
            CASE WHEN direction = 'Inbound' AND p4 > 0.8 THEN flow || '/2' ELSE '' END, CASE WHEN direction = 'Inbound' AND p4 > 0.8 THEN flow ELSE '' END, CASE WHEN p5 < 0.05 THEN 'r' || md5(n::text) ELSE '' END
        FROM (
            SELECT n, began, tenant, p4, p5, direction, CASE WHEN direction = 'Internal' THEN '' ELSE 'sp_' || floor(p4 * p4 * 5) END AS profile, CASE WHEN p5 > 0.999 THEN 'survey' ELSE 'main' END AS flow,
                CASE WHEN direction = 'Inbound' THEN '+4420' || lpad(floor(p3 * 1000000)::text, 7, '0') ELSE (1000 + floor(p2 * p2 * 500))::text END AS caller,
                CASE WHEN direction = 'Outbound' THEN '+4420' || lpad(floor(p3 * 1000000)::text, 7, '0') ELSE (1000 + floor(p3 * 500))::text END AS callee,
                result, CASE WHEN result = 'Success' THEN 1000 + floor(-ln(1 - p2) * 120000)::bigint + CASE WHEN p5 > 0.9995 THEN 7200000 ELSE 0 END ELSE 0 END AS talk
            FROM (
                SELECT n, {Start.ToUnixTimeMilliseconds()} + (n * 31536000000 / {rows}) AS began, CASE WHEN p1 < 0.4 THEN 'default' ELSE 't' || (1 + floor(power((p1 - 0.4) / 0.6, 3) * 199)) END AS tenant, p2, p3, p4, p5,
                    CASE WHEN p3 < 0.4 THEN 'Internal' WHEN p3 < 0.65 THEN 'Inbound' ELSE 'Outbound' END AS direction,
                    CASE WHEN p6 < 0.66 THEN 'Success' WHEN p6 < 0.96 THEN 'Client' WHEN p6 < 0.99 THEN 'Upstream' WHEN p6 < 0.995 THEN 'Server' ELSE 'Indeterminate' END AS result
                FROM (SELECT n::bigint, random() AS p1, random() AS p2, random() AS p3, random() AS p4, random() AS p5, random() AS p6 FROM generate_series({from}, {to}) AS n OFFSET 0) AS drawn
            ) AS shaped
        ) AS calls
        """);

    private const string Attempts = """
        INSERT INTO cdr_attempts (call_id, attempt, tenant_id, call_ended_at, number, address, sip_call_id, profile_id, sip_status, phrase, dialled_at, ended_at)
        SELECT call_id, 1, tenant_id, ended_at, callee_number, '203.0.113.9:5060', 'c' || trace_id, CASE WHEN direction = 'Outbound' THEN CASE WHEN random() < 0.001 THEN 'sp_4' ELSE 'sp_0' END ELSE '' END, 503,
            'Service Unavailable', initiated_at, initiated_at + 500
        FROM cdrs WHERE attempts > 0
        """;

    private async Task<List<(string Name, string Definition)>> IndexesAsync()
    {
        await using var command = source.CreateCommand(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename IN ('cdrs', 'cdr_attempts') AND indexname NOT LIKE '%_pkey'");
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<(string, string)>();
        while (await reader.ReadAsync())
            found.Add((reader.GetString(0), reader.GetString(1)));
        return found;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }
}
