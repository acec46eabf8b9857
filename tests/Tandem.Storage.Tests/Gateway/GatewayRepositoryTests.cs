using System.Globalization;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Gateway;

public sealed class GatewayRepositoryOnSqliteTests() : GatewayRepositoryTests(null);

public sealed class GatewayRepositoryOnPostgresTests(PostgresServer postgres) : GatewayRepositoryTests(postgres);

/// <summary>Records of programs, and document 3's view of them (compatibility.md §3.3).</summary>
public abstract class GatewayRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    [Fact]
    public async Task The_table_of_document_3_shows_the_records()
    {
        var time = new ManualTime();
        var storage = OpenBeside(time);
        var client = Guid.NewGuid().ToString();
        var call = await storage.Gateway.CreateAsync(TenantId.Default, "+79001234567", "incoming", client, Cancellation);
        time.Advance(TimeSpan.FromSeconds(63));
        await storage.Gateway.UpdateAsync(
            TenantId.Default,
            call with { Status = "completed", Duration = 1L << 40, RecordingUrl = "https://example.org/1", Transcript = "t", Summary = "s", Sentiment = "positive", ConfidenceScore = 0.75 }, Cancellation);

        using var connection = storage.Database.Connect();
        var row = (IDictionary<string, object?>)connection.QuerySingle("SELECT * FROM calls");
        Assert.Equal(
            ["id", "client_id", "phone_number", "direction", "status", "duration", "recording_url", "transcript", "summary", "sentiment", "confidence_score", "created_at", "updated_at"], row.Keys);
        Assert.Equal((call.Id, client, "+79001234567", "incoming", "completed"), (Text("id"), Text("client_id"), Text("phone_number"), Text("direction"), Text("status")));
        Assert.Equal(("https://example.org/1", "t", "s", "positive", "0.75"), (Text("recording_url"), Text("transcript"), Text("summary"), Text("sentiment"), Text("confidence_score")));
        Assert.Equal(Sample.Start, Time("created_at"));
        Assert.Equal(Sample.Start.AddSeconds(63), Time("updated_at"));
        if (!IsPostgres)
            return;

        var types = connection.Query<string>("SELECT data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'calls' ORDER BY ordinal_position");
        Assert.Equal(
            [
                "uuid", "uuid", "character varying", "character varying", "character varying", "integer", "text", "text", "text", "character varying", "numeric", "timestamp with time zone",
                "timestamp with time zone",
            ],
            types);

        string Text(string name) => Convert.ToString(row[name], CultureInfo.InvariantCulture)!;

        DateTimeOffset Time(string name) => row[name] is DateTime time ? new DateTimeOffset(time.ToUniversalTime()) : DateTimeOffset.Parse(Text(name), CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Sessions_of_a_call_end_with_it_and_are_of_its_tenant()
    {
        var storage = OpenBeside();
        var call = await storage.Gateway.CreateAsync(TenantId.Default, "+79001234567", "incoming", null, Cancellation);
        var session = await storage.Gateway.BeginSessionAsync(TenantId.Default, call.Id, null, Cancellation);
        Assert.Equal(session, Assert.Single(await storage.Gateway.SessionsOfAsync(TenantId.Default, call.Id, 10, Cancellation)));
        await storage.Gateway.UpdateAsync(TenantId.Default, call with { Status = "busy" }, Cancellation);
        Assert.False(Assert.Single(await storage.Gateway.SessionsOfAsync(TenantId.Default, call.Id, 10, Cancellation)).IsActive);
        Assert.Empty(await storage.Gateway.SessionsOfAsync(new TenantId("other"), call.Id, 10, Cancellation));
    }
}
