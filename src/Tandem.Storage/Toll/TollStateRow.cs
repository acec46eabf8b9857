using Tandem.Calls.Security.Toll;
using Tandem.Storage.Database;

namespace Tandem.Storage.Toll;

/// <summary>A row of <c>toll_node_states</c>.</summary>
internal sealed class TollStateRow : IRow
{
    public const string UpsertSql = """
        INSERT INTO toll_node_states (tenant_id, node_id, day, spent_micros, block_rule, block_text, block_since, block_until)
        VALUES (@tenant, @node, @day, @spent, @rule, @text, @since, @until)
        ON CONFLICT (tenant_id, node_id) DO UPDATE SET day = excluded.day, spent_micros = excluded.spent_micros, block_rule = excluded.block_rule,
            block_text = excluded.block_text, block_since = excluded.block_since, block_until = excluded.block_until
        """;

    public string TenantId { get; set; } = "";

    /// <summary>The node whose calls they are; the writer sets it. Empty for what was there before nodes kept theirs apart.</summary>
    public string NodeId { get; set; } = "";

    public long Day { get; set; }

    public long SpentMicros { get; set; }

    public string BlockRule { get; set; } = "";

    public string BlockText { get; set; } = "";

    public long BlockSince { get; set; }

    public long? BlockUntil { get; set; }

    public static TollStateRow From(string tenant, TollState state) => new()
    {
        TenantId = tenant,
        Day = state.Day.DayNumber,
        SpentMicros = Money.ToMicros(state.Spent),
        BlockRule = state.Block?.Rule.ToString() ?? "",
        BlockText = state.Block?.Text ?? "",
        BlockSince = state.Block?.Since.ToStored() ?? 0,
        BlockUntil = state.Block?.Until.ToStored(),
    };

    public TollState ToState() => new(
        DateOnly.FromDayNumber((int)Math.Clamp(Day, 0, DateOnly.MaxValue.DayNumber)), Money.FromMicros(SpentMicros),
        Enum.TryParse<TollRule>(BlockRule, out var rule) ? new TollBlock(rule, BlockText, BlockSince.ToTime(), BlockUntil.ToTime()) : null);

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("tenant", TenantId);
        parameters.Add("node", NodeId);
        parameters.Add("day", Day);
        parameters.Add("spent", SpentMicros);
        parameters.Add("rule", BlockRule);
        parameters.Add("text", BlockText);
        parameters.Add("since", BlockSince);
        parameters.Add("until", BlockUntil);
    }
}
