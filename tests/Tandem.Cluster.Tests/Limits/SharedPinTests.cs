using System.Text;
using Tandem.Calls.Voicemail;

namespace Tandem.Cluster.Limits;

public sealed class SharedPinTests
{
    [Fact]
    public void What_is_told_is_heard()
    {
        foreach (var kind in Enum.GetValues<PinKind>())
        {
            foreach (var change in Enum.GetValues<PinChange>())
            {
                var told = new SharedPin("a", kind, "acme", "100", change);
                var json = told.ToJson();
                Assert.True(SharedPin.Is(json));
                Assert.False(SharedUse.Is(json));
                Assert.Equal(told, SharedPin.Read(json));
            }
        }
    }

    // As a node with a later version tells, or nobody.
    [Fact]
    public void What_cannot_be_meant_is_passed_over()
    {
        var name = new string('n', 129);
        Assert.NotNull(Read("a", "0", "acme", name[1..], "2"));
        foreach (var json in new[]
        {
            Json("", "0", "acme", "100", "0"),
            Json(name[64..], "0", "acme", "100", "0"),
            Json("a", "7", "acme", "100", "0"),
            Json("a", "-1", "acme", "100", "0"),
            Json("a", "0.5", "acme", "100", "0"),
            Json("a", "0", "", "100", "0"),
            Json("a", "0", name, "100", "0"),
            Json("a", "0", "acme", "", "0"),
            Json("a", "0", "acme", name, "0"),
            Json("a", "0", "acme", "100", "3"),
            Json("a", "0", "acme", "100", "null"),
            """{"pinOf":"a","kind":0,"tenant":null,"name":"100","change":0}""",
            """{"pinOf":"a"}""",
            """{"pinOf":"a",""",
            "null",
            "[]",
        })
        {
            Assert.True(SharedPin.Read(Encoding.UTF8.GetBytes(json)) is null, json);
        }
    }

    private static SharedPin? Read(string node, string kind, string tenant, string name, string change) => SharedPin.Read(Encoding.UTF8.GetBytes(Json(node, kind, tenant, name, change)));

    private static string Json(string node, string kind, string tenant, string name, string change) =>
        $$"""{"pinOf":"{{node}}","kind":{{kind}},"tenant":"{{tenant}}","name":"{{name}}","change":{{change}}}""";
}
