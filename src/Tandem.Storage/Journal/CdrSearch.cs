using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Toll;

namespace Tandem.Storage.Journal;

/// <summary>
/// The statement of a search. Every form begins in an index of cdrs with the tenant in front; words of an enumeration stand in the text, so that
/// both databases see that a partial index serves.
/// </summary>
internal static class CdrSearch
{
    private const string Order = "ORDER BY ended_at DESC, call_id DESC LIMIT @limit";

    public static string Sql(CdrFilter filter)
    {
        var common = Common(filter);
        if (filter is { Number: null, Attempted: not null })
            return Attempted(filter);
        if (filter.Number is null)
            return $"SELECT {CdrRow.Select} FROM cdrs WHERE {common} {Order}";

        // Two reads of an index: an OR over two columns would scan. A call to oneself is in the first.
        return $"""
            SELECT {CdrRow.Select} FROM (
                SELECT * FROM (SELECT * FROM cdrs WHERE {common} AND caller_number = @number {Order}) AS called
                UNION ALL
                SELECT * FROM (SELECT * FROM cdrs WHERE {common} AND callee_number = @number AND caller_number <> @number {Order}) AS was_called
            ) AS both_sides {Order}
            """;
    }

    public static object Parameters(TenantId tenant, CdrFilter filter) => new
    {
        tenant = tenant.Value,
        from = filter.From.ToStored() ?? 0,
        to = filter.To.ToStored() ?? 0,
        number = filter.Number ?? "",
        caller = filter.Caller ?? "",
        callee = filter.Callee ?? "",
        profile = filter.Profile ?? "",
        attempted = filter.Attempted ?? "",
        price = Money.ToMicros(filter.MinimumPrice ?? 0),
        ivr = filter.Ivr ?? "",
        duration = (long)(filter.MinimumDuration?.TotalMilliseconds ?? 0),
        at = filter.After?.EndedAt.ToStored() ?? 0,
        id = filter.After?.Id ?? "",
        limit = filter.Limit,
    };

    // The index of the attempts has them in the order of the calls' ends, so that a page reads no more of them than it needs. A call that was tried twice by the
    // profile is found by the first of them.
    private static string Attempted(CdrFilter filter)
    {
        var tried = "tenant_id = @tenant AND profile_id = @attempted AND profile_id <> ''";
        if (filter.From is not null)
            tried += " AND call_ended_at >= @from";
        if (filter.To is not null)
            tried += " AND call_ended_at < @to";
        if (filter.After is not null)
            tried += " AND (call_ended_at, call_id) < (@at, @id)";
        return $"""
            SELECT {CdrRow.Select} FROM (
                SELECT call_ended_at AS tried_at, call_id AS tried_call FROM cdr_attempts AS a WHERE {tried}
                    AND NOT EXISTS (SELECT 1 FROM cdr_attempts AS b WHERE b.call_id = a.call_id AND b.profile_id = a.profile_id AND b.attempt < a.attempt)) AS tried
            JOIN cdrs ON call_id = tried_call WHERE {Common(filter with { Attempted = null })} ORDER BY tried_at DESC, tried_call DESC LIMIT @limit
            """;
    }

    private static string Common(CdrFilter filter)
    {
        var where = "tenant_id = @tenant";
        if (filter.From is not null)
            where += " AND ended_at >= @from";
        if (filter.To is not null)
            where += " AND ended_at < @to";
        if (filter.Caller is not null)
            where += " AND caller_number = @caller";
        if (filter.Callee is not null)
            where += " AND callee_number = @callee";
        if (filter.Direction is { } direction)
            where += $" AND direction = '{direction}'";
        if (filter.Result is { } result)
            where += $" AND result = '{result}'{(result == ResultClass.Success ? "" : " AND result <> 'Success'")}";
        if (filter.Profile is not null)
            where += " AND profile_id = @profile AND profile_id <> ''";
        if (filter.MinimumDuration is { } duration)
            where += " AND duration_ms >= @duration" + CdrTiers.OfDuration((long)duration.TotalMilliseconds);
        if (filter.Attempted is not null)
            where += " AND call_id IN (SELECT call_id FROM cdr_attempts WHERE tenant_id = @tenant AND profile_id = @attempted AND profile_id <> '')";
        if (filter.MinimumPrice is { } price)
            where += " AND price_micros >= @price" + CdrTiers.OfPrice(Money.ToMicros(price));
        if (filter.Ivr is not null)
            where += " AND ivr_flow = @ivr AND ivr_flow <> ''";
        if (filter.Recorded is { } recorded)
            where += recorded ? " AND recording_ids <> ''" : " AND recording_ids = ''";
        if (filter.After is not null)
            where += " AND (ended_at, call_id) < (@at, @id)";
        return where;
    }
}
