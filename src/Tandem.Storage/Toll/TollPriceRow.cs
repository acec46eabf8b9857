using Tandem.Storage.Database;

namespace Tandem.Storage.Toll;

/// <summary>A row of a price list: E.164 prefix in digits, price of a minute, and what is charged in whole multiples of.</summary>
public sealed record TollPriceRow(string Prefix, decimal PerMinute, int IncrementSeconds);

/// <summary>The same row on its way into the table.</summary>
internal sealed record NewTollPriceRow(string Tenant, string Profile, TollPriceRow Price) : IRow
{
    public const string InsertSql =
        "INSERT INTO toll_prices (tenant_id, profile, prefix, per_minute_micros, increment_seconds) VALUES (@tenant, @profile, @prefix, @price, @increment)";

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("tenant", Tenant);
        parameters.Add("profile", Profile);
        parameters.Add("prefix", Price.Prefix);
        parameters.Add("price", Money.ToMicros(Price.PerMinute));
        parameters.Add("increment", (long)Price.IncrementSeconds);
    }
}
