using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Toll;

/// <summary>Rules and prices of all tenants in memory; it follows changes by the version of the topic.</summary>
public sealed class TollPolicies : ITollPolicies, IDisposable
{
    internal const string Topic = "toll";

    private readonly ConcurrentDictionary<(string Tenant, string Profile), TollRules> _rules = new();
    private readonly ConcurrentDictionary<(string Tenant, string Profile), PrefixMap<TollPrice>> _prices = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _lifts = new();
    private readonly ChangeFollower _follower;

    internal TollPolicies(TandemDatabase database, TimeProvider time) => _follower = new ChangeFollower(database, Topic, Read, Forget, time);

    /// <summary>
    /// Called for a tenant whose block was lifted, and when, here or by another process; of what happened before it was set nothing is told, <see cref="LiftedAt"/> has it.
    /// It runs on the thread that noticed and must neither block nor throw.
    /// </summary>
    public Action<TenantId, DateTimeOffset>? Lifted { get; set; }

    /// <summary>Price lists in memory.</summary>
    public int Lists => _prices.Count;

    /// <summary>What the operator lets a tenant spend in a day (<see cref="TenantLimits.SpendPerDay"/>); 0 for no limit. No rule of the tenant goes beyond it.</summary>
    internal Func<TenantId, decimal>? LimitOf { get; set; }

    /// <inheritdoc/>
    public TollRules Of(TenantId tenant)
    {
        var rules = _rules.GetValueOrDefault((tenant.Value, ""), TollRules.Default);
        return LimitOf?.Invoke(tenant) is > 0 and var limit && (rules.MaxSpendPerDay ?? decimal.MaxValue) > limit ? rules with { MaxSpendPerDay = limit } : rules;
    }

    /// <inheritdoc/>
    public TollRules? Of(TenantId tenant, string profile) => profile.Length == 0 ? null : _rules.GetValueOrDefault((tenant.Value, profile));

    /// <inheritdoc/>
    public TollPrice? PriceOf(TenantId tenant, string profile, ReadOnlySpan<char> digits) =>
        Find((tenant.Value, profile), digits) ?? (profile.Length > 0 ? Find((tenant.Value, ""), digits) : null);

    /// <inheritdoc/>
    public DateTimeOffset LiftedAt(TenantId tenant) => _lifts.GetValueOrDefault(tenant.Value, DateTimeOffset.MinValue);

    public void Dispose() => _follower.Dispose();

    internal void Refresh() => _follower.Refresh();

    internal void RefreshQuietly() => _follower.RefreshQuietly();

    internal void Follow(TimeSpan interval) => _follower.Follow(interval);

    private TollPrice? Find((string Tenant, string Profile) key, ReadOnlySpan<char> digits) =>
        _prices.TryGetValue(key, out var list) && list.TryFind(digits, out var price, out _) ? price : null;

    private void Read(DbConnection connection, long from, long newest)
    {
        foreach (var row in connection.Query<RulesRow>("SELECT tenant_id, profile, body FROM toll_rules WHERE version > @from AND version <= @newest", new { from, newest }))
        {
            // Rules that another version of this program wrote and this one cannot read are the defaults: those are the narrow ones.
            var rules = row.Body.Length == 0 ? null : TollRulesBody.Parse(row.Body);
            if (rules is null)
                _rules.TryRemove((row.TenantId, row.Profile), out _);
            else
                _rules[(row.TenantId, row.Profile)] = rules;
        }

        var lists = connection.Query<RulesRow>("SELECT tenant_id, profile FROM toll_price_lists WHERE version > @from AND version <= @newest", new { from, newest }).ToList();
        foreach (var list in lists)
        {
            var prices = connection.Query<PriceRow>(
                "SELECT prefix, per_minute_micros, increment_seconds FROM toll_prices WHERE tenant_id = @tenant AND profile = @profile",
                new { tenant = list.TenantId, profile = list.Profile })
                .ToList();
            if (prices.Count == 0)
                _prices.TryRemove((list.TenantId, list.Profile), out _);
            else
                _prices[(list.TenantId, list.Profile)] = new PrefixMap<TollPrice>(
                    prices.Select(row => KeyValuePair.Create(row.Prefix, new TollPrice(Money.FromMicros(row.PerMinuteMicros), (int)row.IncrementSeconds))));
        }

        ReadLifts(connection, from, newest);
    }

    // Known before it is told: whoever asks first has it from there. Before the callback is set nobody is told.
    private void ReadLifts(DbConnection connection, long from, long newest)
    {
        foreach (var lift in connection.Query<LiftRow>("SELECT tenant_id, lifted_at FROM toll_lifts WHERE version > @from AND version <= @newest", new { from, newest }))
        {
            var at = _lifts[lift.TenantId] = lift.LiftedAt.ToTime();
            Lifted?.Invoke(new TenantId(lift.TenantId), at);
        }
    }

    private void Forget()
    {
        _rules.Clear();
        _prices.Clear();
        _lifts.Clear();
    }

    internal sealed class RulesRow
    {
        public string TenantId { get; set; } = "";

        public string Profile { get; set; } = "";

        public string Body { get; set; } = "";
    }

    internal sealed class LiftRow
    {
        public string TenantId { get; set; } = "";

        public long LiftedAt { get; set; }
    }

    internal sealed class PriceRow
    {
        public string Prefix { get; set; } = "";

        public long PerMinuteMicros { get; set; }

        public long IncrementSeconds { get; set; }
    }
}
