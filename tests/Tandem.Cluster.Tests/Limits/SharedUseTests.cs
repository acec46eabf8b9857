using System.Text;
using Tandem.Calls.Limits;
using Tandem.Calls.Security.Toll;

namespace Tandem.Cluster.Limits;

public sealed class SharedUseTests
{
    [Fact]
    public void What_is_told_is_heard()
    {
        var at = new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
        var told = new SharedUse("a", [
            new ToldUse(new UseKey(UseKind.Tenant, "acme"), new NodeUse(3, 1.5)),
            new ToldUse(new UseKey(UseKind.Profile, "", "p1"), default),
            new ToldUse(new UseKey(UseKind.Toll, "acme"), new NodeUse(1, InLastMinute: 2, RefusedInLastMinute: 3), new TollState(new DateOnly(2026, 3, 4), 12.345678m, new TollBlock(TollRule.Rate, "too many", at, at.AddHours(1)))),
            new ToldUse(new UseKey(UseKind.Toll, "globex"), default, new TollState(default, 0, new TollBlock(TollRule.Probing, "doors", at, null))),
        ]);
        var json = told.ToJson();
        Assert.True(SharedUse.Is(json));
        var heard = SharedUse.Read(json)!;
        Assert.Equal(told.UseOf, heard.UseOf);
        Assert.Equal(told.Uses, heard.Uses);
    }

    [Fact]
    public void What_cannot_be_meant_is_passed_over()
    {
        Assert.NotNull(Read("""{"useOf":"a","uses":[{"key":{"tenant":"acme","profile":""},"use":{"calls":1}}]}"""));
        Assert.NotNull(Read("""{"useOf":"a","uses":[]}"""));
        foreach (var json in new[]
        {
            """{"useOf":"a"}""",
            """{"useOf":"","uses":[]}""",
            """{"useOf":null,"uses":[]}""",
            """{"useOf":"a","uses":[null]}""",
            """{"useOf":"a","uses":[{"use":{"calls":1}}]}""",
            """{"useOf":"a","uses":[{"key":{"tenant":null,"profile":""},"use":{"calls":1}}]}""",
            """{"useOf":"a","uses":[{"key":{"tenant":"acme","profile":""},"use":{"calls":-1}}]}""",
            """{"useOf":"a","uses":[{"key":{"tenant":"acme","profile":""},"use":{"asked":-0.5}}]}""",
            """{"useOf":"a","uses":[{"key":{"tenant":"acme","profile":""},"use":{"calls":1e99}}]}""",
            """{"useOf":"a","uses":[{"key":{"tenant":"acme","profile":""},"use":{},"toll":{"day":"2026-03-04","spent":-1}}]}""",
            """{"useOf":"a","uses":[{"key":{"tenant":"acme","profile":""},"use":{},"toll":{"day":"2026-03-04","spent":1,"block":{}}}]}""",
            """{"useOf":"a","uses":[{"key":{"tenant":"acme","profile":""},"use":{},"toll":{"day":"no day","spent":1}}]}""",
            """{"useOf":"a","uses":[""",
            "[]",
        })
        {
            Assert.Null(Read(json));
        }

        var name = new string('t', 129);
        Assert.Null(Read($$$"""{"useOf":"a","uses":[{"key":{"tenant":"{{{name}}}","profile":""},"use":{}}]}"""));
        Assert.Null(Read($$"""{"useOf":"{{name}}","uses":[]}"""));
        var many = string.Join(',', Enumerable.Repeat("""{"key":{"tenant":"acme","profile":""},"use":{}}""", SharedUse.Portion + 1));
        Assert.Null(Read($$"""{"useOf":"a","uses":[{{many}}]}"""));
    }

    private static SharedUse? Read(string json) => SharedUse.Read(Encoding.UTF8.GetBytes(json));
}
