using System.Data.Common;
using Dapper;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Toll;

/// <summary>Rules, prices and state of the toll guard in the database.</summary>
public sealed class TollRepository : ITollLedger
{
    /// <summary>The longest price list: the whole world's has some 50,000 rows.</summary>
    public const int MostPrices = 200_000;

    private readonly TandemDatabase _database;
    private readonly StorageWriter _writer;
    private readonly TopicChanges _changes;
    private readonly TimeProvider _time;
    private ILookup<string, TollStateRow> _states = Array.Empty<TollStateRow>().ToLookup(static row => row.TenantId);

    internal TollRepository(TandemDatabase database, StorageWriter writer, TimeProvider time)
    {
        _database = database;
        _writer = writer;
        _time = time;
        _changes = new TopicChanges(database, TollPolicies.Topic, time);
    }

    /// <summary>Called after a change was committed, on the thread that made it.</summary>
    internal Action? Changed
    {
        get => _changes.Committed;
        set => _changes.Committed = value;
    }

    /// <summary>The rules of a tenant, or with a profile those that it adds; null when none were set.</summary>
    public async Task<TollRules?> RulesAsync(TenantId tenant, string profile = "", CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var body = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SELECT body FROM toll_rules WHERE tenant_id = @tenant AND profile = @profile", new { tenant = tenant.Value, profile }, cancellationToken: cancellation));
        return string.IsNullOrEmpty(body) ? null : TollRulesBody.Parse(body);
    }

    /// <summary>Sets the rules; null takes them back to the defaults.</summary>
    public Task SetRulesAsync(TenantId tenant, string profile, TollRules? rules, CancellationToken cancellation = default) =>
        ChangeAsync((connection, transaction, version, now) => connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO toll_rules (tenant_id, profile, body, version, changed_at) VALUES (@tenant, @profile, @body, @version, @now)
            ON CONFLICT (tenant_id, profile) DO UPDATE SET body = excluded.body, version = excluded.version, changed_at = excluded.changed_at
            """,
            new { tenant = tenant.Value, profile, body = rules is null ? "" : TollRulesBody.From(rules).ToJson(), version, now },
            transaction, cancellationToken: cancellation)), cancellation);

    /// <summary>The price list, by prefix.</summary>
    public async Task<IReadOnlyList<TollPriceRow>> PricesAsync(TenantId tenant, string profile = "", CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<TollPolicies.PriceRow>(new CommandDefinition(
            "SELECT prefix, per_minute_micros, increment_seconds FROM toll_prices WHERE tenant_id = @tenant AND profile = @profile ORDER BY prefix",
            new { tenant = tenant.Value, profile }, cancellationToken: cancellation));
        return [.. rows.Select(row => new TollPriceRow(row.Prefix, Money.FromMicros(row.PerMinuteMicros), (int)row.IncrementSeconds))];
    }

    /// <summary>Replaces the price list as a whole.</summary>
    /// <param name="prices">At most <see cref="MostPrices"/>, each prefix once.</param>
    public Task SetPricesAsync(TenantId tenant, string profile, IReadOnlyList<TollPriceRow> prices, CancellationToken cancellation = default) =>
        ChangeAsync(async (connection, transaction, version, now) =>
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(prices.Count, MostPrices);
            await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO toll_price_lists (tenant_id, profile, version, changed_at) VALUES (@tenant, @profile, @version, @now)
                ON CONFLICT (tenant_id, profile) DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at
                """,
                new { tenant = tenant.Value, profile, version, now }, transaction, cancellationToken: cancellation));
            await connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM toll_prices WHERE tenant_id = @tenant AND profile = @profile", new { tenant = tenant.Value, profile }, transaction, cancellationToken: cancellation));
            new RowWriter(connection, transaction).Execute(NewTollPriceRow.InsertSql, [.. prices.Select(price => new NewTollPriceRow(tenant.Value, profile, price))]);
        }, cancellation);

    /// <summary>Has every process that serves open the way out of a tenant again.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="at">When it was lifted, as the guard said that does so; null: now. Either way it is after all blocks that are there began by the clocks of their nodes, also those of which that guard has not heard, and after the last lift.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When it was lifted.</returns>
    public async Task<DateTimeOffset> LiftAsync(TenantId tenant, DateTimeOffset? at, CancellationToken cancellation = default)
    {
        var lifted = await _changes.MakeAsync(async (connection, transaction, version, now) =>
        {
            // What is kept of the beginning of a block is cut to milliseconds.
            var last = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                """
                SELECT MAX(since) FROM (
                    SELECT block_since AS since FROM toll_node_states WHERE tenant_id = @tenant AND block_rule <> ''
                    UNION ALL SELECT lifted_at FROM toll_lifts WHERE tenant_id = @tenant) AS known
                """,
                new { tenant = tenant.Value }, transaction, cancellationToken: cancellation));
            var lifted = Math.Max(at?.ToStored() ?? now, last + 1 ?? 0);
            await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO toll_lifts (tenant_id, lifted_at, version) VALUES (@tenant, @lifted, @version)
                ON CONFLICT (tenant_id) DO UPDATE SET lifted_at = excluded.lifted_at, version = excluded.version
                """,
                new { tenant = tenant.Value, version, lifted }, transaction, cancellationToken: cancellation));

            // For a server that starts later.
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE toll_node_states SET block_rule = '', block_text = '' WHERE tenant_id = @tenant", new { tenant = tenant.Value }, transaction, cancellationToken: cancellation));
            return lifted;
        }, static _ => true, cancellation);
        return lifted.ToTime();
    }

    /// <summary>What all nodes keep of a tenant in the database: also while no server runs. Of several blocks one that still holds, and of those the last.</summary>
    public async Task<TollState> StateAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<TollStateRow>(new CommandDefinition(
            "SELECT * FROM toll_node_states WHERE tenant_id = @tenant", new { tenant = tenant.Value }, cancellationToken: cancellation));
        var states = rows.Select(static row => row.ToState()).ToList();
        if (states.Count == 0)
            return TollState.Empty;

        var day = states.Max(static state => state.Day);
        var now = _time.GetUtcNow();
        return new TollState(
            day, states.Where(state => state.Day == day).Sum(static state => state.Spent), states.Select(static state => state.Block).OfType<TollBlock>().MaxBy(block => (block.Holds(now), block.Since)));
    }

    /// <inheritdoc/>
    /// <remarks>From what <see cref="LoadStates"/> read: a shard asks, and never waits for the database.</remarks>
    public TollState Load(TenantId tenant) => _states[tenant.Value].FirstOrDefault(row => row.NodeId == _writer.Run.NodeId)?.ToState() ?? TollState.Empty;

    /// <inheritdoc/>
    public IEnumerable<(string Node, TollState State)> LoadOthers(TenantId tenant) =>
        _states[tenant.Value].Where(row => row.NodeId != _writer.Run.NodeId).Select(static row => (row.NodeId, row.ToState()));

    /// <inheritdoc/>
    public void Save(TenantId tenant, TollState state) => _writer.Enqueue(new WriteItem(WriteKind.TollState, TollStateRow.From(tenant.Value, state)));

    /// <summary>
    /// Reads what the last run of this node left, and what the others have, and drops what is over: money of the day before yesterday and of nodes that are gone. To be called once, before the first call.
    /// </summary>
    internal void LoadStates()
    {
        using var connection = _database.Connect();
        var now = _time.GetUtcNow();

        // Nowhere on Earth is it that day any more. A block whose end was not told holds until somebody lifts it.
        var values = new { day = (long)DateOnly.FromDateTime(now.UtcDateTime).DayNumber - 2, now = now.ToStored() };
        connection.Execute("DELETE FROM toll_node_states WHERE day < @day AND (block_rule = '' OR block_until <= @now)", values);
        _states = connection.Query<TollStateRow>("SELECT * FROM toll_node_states").ToLookup(static row => row.TenantId);
    }

    /// <summary>Empties rules and prices of a tenant, or of one profile of it, within the transaction that removes it.</summary>
    /// <remarks>Empty rules are the defaults, and a list without rows has no prices: so the copies of other processes become empty as well.</remarks>
    internal static async Task ForgetAsync(DbConnection connection, DbTransaction transaction, TenantId tenant, string? profile, long now, CancellationToken cancellation)
    {
        var values = new { tenant = tenant.Value, profile, now, version = await ChangeFollower.RaiseAsync(connection, transaction, TollPolicies.Topic, cancellation) };
        var whose = profile is null ? "tenant_id = @tenant" : "tenant_id = @tenant AND profile = @profile";
        foreach (var sql in new[]
        {
            "UPDATE toll_rules SET body = '', version = @version, changed_at = @now WHERE ",
            "UPDATE toll_price_lists SET version = @version, changed_at = @now WHERE ",
            "DELETE FROM toll_prices WHERE ",
        })
        {
            await connection.ExecuteAsync(new CommandDefinition(sql + whose, values, transaction, cancellationToken: cancellation));
        }
    }

    private Task ChangeAsync(Func<DbConnection, DbTransaction, long, long, Task> change, CancellationToken cancellation) =>
        _changes.MakeAsync(change, cancellation);
}
