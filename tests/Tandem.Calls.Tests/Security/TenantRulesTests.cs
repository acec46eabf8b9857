using Tandem.Calls.Tenants;

namespace Tandem.Calls.Tests.Security;

public sealed class TenantRulesTests
{
    private static readonly Tenant Good = new(new TenantId("acme-2"), "Acme") { Domain = "pbx.acme.example", TimeZone = "UTC", Language = "pt-BR" };

    [Fact]
    public void A_good_tenant_is_accepted() => Assert.Null(TenantRules.Find(Good));

    [Theory]
    [InlineData("")]
    [InlineData("Acme")]
    [InlineData("a b")]
    [InlineData("../etc")]
    [InlineData("-acme")]
    [InlineData("acme-")]
    [InlineData("ä")]
    public void The_id_is_a_short_word(string id)
    {
        Assert.Equal("id", TenantRules.Find(Good with { Id = new TenantId(id) })!.Field);
        Assert.False(TenantId.IsValid(id));
        Assert.False(TenantId.IsValid(new string('a', 65)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    public void The_name_is_for_people(string name) => Assert.Equal("displayName", TenantRules.Find(Good with { DisplayName = name })!.Field);

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("x1.example", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("PBX.example", false)]
    [InlineData("-a.example", false)]
    [InlineData("a-.example", false)]
    [InlineData("a..example", false)]
    [InlineData("a.example.", false)]
    [InlineData("a_b.example", false)]
    [InlineData("a.example\r\nVia: x", false)]
    public void The_domain_is_a_host_name(string domain, bool accepted) =>
        Assert.Equal(accepted ? null : "domain", TenantRules.Find(Good with { Domain = domain })?.Field);

    [Theory]
    [InlineData("Europe/Berlin", true)]
    [InlineData("UTC", true)]
    [InlineData("Europe/Atlantis", false)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("", false)]
    public void The_time_zone_is_one_that_is_known(string zone, bool accepted) =>
        Assert.Equal(accepted ? null : "timeZone", TenantRules.Find(Good with { TimeZone = zone })?.Field);

    [Theory]
    [InlineData("en", true)]
    [InlineData("zh-Hant-TW", true)]
    [InlineData("English", false)]
    [InlineData("e", false)]
    [InlineData("en-", false)]
    [InlineData("en/../de", false)]
    public void The_language_is_a_tag(string language, bool accepted) =>
        Assert.Equal(accepted ? null : "language", TenantRules.Find(Good with { Language = language })?.Field);

    [Fact]
    public void Limits_are_not_negative()
    {
        Assert.Equal("limits.calls", TenantRules.Find(Good with { Limits = new TenantLimits(Calls: -1) })!.Field);
        Assert.Equal("limits.callsPerSecond", TenantRules.Find(Good with { Limits = new TenantLimits(CallsPerSecond: -1) })!.Field);
        Assert.Equal("limits.registrations", TenantRules.Find(Good with { Limits = new TenantLimits(Registrations: -1) })!.Field);
        Assert.Equal("limits.storageBytes", TenantRules.Find(Good with { Limits = new TenantLimits(StorageBytes: -1) })!.Field);
        Assert.Equal("limits.spendPerDay", TenantRules.Find(Good with { Limits = new TenantLimits(SpendPerDay: -0.01m) })!.Field);
        Assert.Equal("limits.spendPerDay", TenantRules.Find(Good with { Limits = new TenantLimits(SpendPerDay: 1_000_000_001m) })!.Field);
        Assert.Null(TenantRules.Find(Good with { Limits = new TenantLimits(SpendPerDay: 12.5m) }));
    }
}
