using System.Globalization;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;

namespace Tandem.Server.Metrics;

/// <summary>A sum that falls is a restart to Prometheus: who was told with others stays with them, who has a label keeps it.</summary>
public class TrunkMetricsTests
{
    private const string Service = "service=\"telephony-gateway\"";

    [Fact]
    public void A_refused_tenant_keeps_its_label_and_the_sum_of_the_others_never_falls()
    {
        var metrics = new TrunkMetrics();
        var refused = Enumerable.Range(0, 50).ToDictionary(Tenant, static _ => 10L);
        Read(metrics, refused);

        // The 51st comes and is soon the most refused of all, and a 52nd after it.
        var sums = new List<double>();
        foreach (var (late, later) in ((long, long)[])[(1, 0), (9, 0), (500, 2), (501, 900)])
        {
            refused[Tenant(50)] = late;
            if (later > 0)
                refused[Tenant(51)] = later;
            var page = Read(metrics, refused);
            Assert.Equal(51, page.Samples.Count());
            Assert.Equal(10, page[$"tandem_tenant_refused_total{{{Service},tenant=\"t00\",limit=\"calls\"}}"]);
            sums.Add(page[$"tandem_tenant_refused_total{{{Service},tenant=\"other\",limit=\"calls\"}}"]);
        }

        Assert.Equal([1, 9, 502, 1401], sums);
    }

    [Fact]
    public void Nor_does_that_of_profiles_when_one_is_busier_or_deleted()
    {
        var metrics = new TrunkMetrics();
        var usages = Enumerable.Range(0, 53).Select(n => (new ProfileId(Name("p", n)), TenantId.Default, Used(n < 50 ? 3 : 2))).ToList();
        Assert.Equal(6, Others(metrics, usages));
        Use(usages[50].Item3, 9);
        Assert.Equal(15, Others(metrics, usages));

        // One with a label, and one without.
        usages.RemoveAt(52);
        usages.RemoveAt(0);
        Assert.Equal(15, Others(metrics, usages));
        usages.RemoveRange(49, 2);
        Assert.Equal(15, Others(metrics, usages));
    }

    private static double Others(TrunkMetrics metrics, List<(ProfileId, TenantId, ProfileUsage)> usages)
    {
        var page = new PrometheusWriter();
        metrics.WriteCalls(page, usages);
        return new MetricsText(page.ToString())[$"tandem_profile_calls_total{{{Service},tenant=\"other\",profile=\"other\",direction=\"outgoing\"}}"];
    }

    private static MetricsText Read(TrunkMetrics metrics, Dictionary<TenantId, long> refused)
    {
        var page = new PrometheusWriter();
        metrics.WriteRefusals(page, [.. refused.Select(static pair => (pair.Key, TenantLimit.Calls, pair.Value))]);
        return new MetricsText(page.ToString());
    }

    private static ProfileUsage Used(int calls)
    {
        var usage = new ProfileUsage();
        Use(usage, calls);
        return usage;
    }

    private static void Use(ProfileUsage usage, int calls)
    {
        for (var i = 0; i < calls; i++)
            Assert.True(usage.TryEnter(new SipProfile { Id = new ProfileId("p"), Tenant = TenantId.Default, Name = "p", Server = "provider.test", Token = "t" }, default, isOutbound: true));
    }

    private static TenantId Tenant(int number) => new(Name("t", number));

    private static string Name(string prefix, int number) => prefix + number.ToString("00", CultureInfo.InvariantCulture);
}
