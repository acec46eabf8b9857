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
            """{"useOf":"a","uses":[""",
            "[]",
        })
        {
            Assert.Null(Read(json));
        }

        var name = new string('t', 129);
        Assert.Null(Read($$"""{"useOf":"{{name}}","uses":[]}"""));
        var many = string.Join(',', Enumerable.Repeat("""{"key":{"tenant":"acme","profile":""},"use":{}}""", SharedUse.Portion + 1));
        Assert.Null(Read($$"""{"useOf":"a","uses":[{{many}}]}"""));
    }

    // As a node with a later version tells: kinds and rules that this one does not know.
    [Fact]
    public void A_figure_that_cannot_be_meant_takes_no_other_with_it()
    {
        foreach (var figure in new[]
        {
            """null""",
            """{"use":{"calls":1}}""",
            """{"key":{"tenant":null,"profile":""},"use":{"calls":1}}""",
            """{"key":{"tenant":"acme","profile":""},"use":{"calls":-1}}""",
            """{"key":{"tenant":"acme","profile":""},"use":{"asked":-0.5}}""",
            """{"key":{"tenant":"acme","profile":""},"use":{"calls":1e99}}""",
            """{"key":{"tenant":"acme","profile":""},"use":{},"toll":{"day":"2026-03-04","spent":-1}}""",
            """{"key":{"tenant":"acme","profile":""},"use":{},"toll":{"day":"2026-03-04","spent":1,"block":{}}}""",
            """{"key":{"tenant":"acme","profile":""},"use":{},"toll":{"day":"no day","spent":1}}""",
            """{"key":{"tenant":"acme","profile":"","kind":4},"use":{"calls":1}}""",
            """{"key":{"tenant":"acme","profile":"","kind":"Later"},"use":{"calls":1}}""",
            """{"key":{"tenant":"acme","profile":"","kind":2},"use":{},"toll":{"day":"2026-03-04","spent":1,"block":{"rule":99,"text":"","since":"2026-03-04T12:00:00+00:00"}}}""",
            $$$"""{"key":{"tenant":"{{{new string('t', 129)}}}","profile":""},"use":{}}""",
        })
        {
            var read = Read($$$"""{"useOf":"a","uses":[{"key":{"tenant":"acme","profile":""},"use":{"calls":1}},{{{figure}}},{"key":{"tenant":"globex","profile":""},"use":{"calls":2}}]}""")!;
            Assert.Equal(["acme", "globex"], read.Uses.Select(static told => told.Key.Tenant));
            Assert.Equal(1, read.Skipped);
        }
    }

    private static SharedUse? Read(string json) => SharedUse.Read(Encoding.UTF8.GetBytes(json));
}
