using System.Text;
using Tandem.Storage.Database;
using Tandem.Storage.Outbox;

namespace Tandem.Storage.Streams;

/// <summary>
/// All events of one tenant in a batch, appended to its stream by one statement of PostgreSQL: it takes as many numbers as there are events that the stream does
/// not have yet, and gives them out in order. With the streams of several tenants it is still one round trip.
/// </summary>
internal sealed class StreamAppend : IRow
{
    /// <summary>
    /// The row of the stream is locked by the UPDATE until the commit. Where another node holds it, the sum is taken again of what that one left, while the count of
    /// the new events stays: an event is written by the node where it happened, and by no other.
    /// </summary>
    public const string Sql = """
        WITH given AS (
            SELECT * FROM unnest(@events, @types, @calls, @bodies, @created) WITH ORDINALITY AS g (event_id, event_type, call_id, body, created_at, place)
        ), fresh AS (
            SELECT given.*, row_number() OVER (ORDER BY place) AS nth, count(*) OVER () AS total FROM given
            WHERE NOT EXISTS (SELECT 1 FROM stream_events s WHERE s.event_id = given.event_id)
        ), taken AS (
            UPDATE event_streams SET last_sequence = last_sequence + (SELECT count(*) FROM fresh) WHERE tenant_id = @tenant RETURNING tenant_id, last_sequence
        )
        INSERT INTO stream_events (event_id, event_type, call_id, body, created_at, tenant_id, sequence)
        SELECT event_id, event_type, call_id, body, created_at, tenant_id, last_sequence - total + nth FROM fresh CROSS JOIN taken
        """;

    private readonly string _tenant;
    private readonly List<OutboxRow> _events = [];

    private StreamAppend(string tenant) => _tenant = tenant;

    /// <summary>One for each tenant. What a batch has twice is taken once.</summary>
    /// <param name="events">Sorted by tenant, and in their order.</param>
    public static List<StreamAppend> From(List<OutboxRow> events)
    {
        var appends = new List<StreamAppend>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var e in events)
        {
            if (!known.Add(e.EventId))
                continue;
            if (appends.Count == 0 || appends[^1]._tenant != e.TenantId)
                appends.Add(new StreamAppend(e.TenantId));
            appends[^1]._events.Add(e);
        }

        return appends;
    }

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("events", All(static e => e.EventId));
        parameters.Add("types", All(static e => e.EventType));
        parameters.Add("calls", All(static e => e.CallId));
        parameters.Add("bodies", All(static e => Encoding.UTF8.GetString(e.Body)));
        parameters.Add("created", All(static e => e.CreatedAt));
        parameters.Add("tenant", _tenant);
    }

    private T[] All<T>(Func<OutboxRow, T> field)
    {
        var values = new T[_events.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = field(_events[i]);
        return values;
    }
}
