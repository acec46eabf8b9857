using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

// RFC 9110 §13.1.1, §13.1.2
public class PreconditionsTests
{
    [Theory]
    [InlineData("\"7\"", "7", true)]
    [InlineData("\"6\", \"7\"", "7", true)]
    [InlineData("*", "7", true)]
    [InlineData("\"6\"", "7", false)]
    [InlineData("7", "7", false)]
    [InlineData("*", null, false)]
    [InlineData("", "7", true)]
    public void If_match_lets_through_what_names_the_version_that_is_there(string header, string? version, bool passes)
    {
        var context = new DefaultHttpContext();
        if (header.Length > 0)
            context.Request.Headers.IfMatch = header;
        Assert.Equal(passes, Preconditions.Check(context, version) is null);
    }

    [Theory]
    [InlineData("*", null, true)]
    [InlineData("*", "7", false)]
    public void If_none_match_makes_only_what_is_not_there(string header, string? version, bool passes)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.IfNoneMatch = header;
        Assert.Equal(passes, Preconditions.Check(context, version) is null);
    }

    [Theory]
    [InlineData("GET", "\"7\"", true)]
    [InlineData("GET", "W/\"7\"", true)]
    [InlineData("GET", "\"6\"", false)]
    [InlineData("PATCH", "\"7\"", false)]
    public void A_reader_that_has_the_version_is_told_so(string method, string header, bool hasIt)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Headers.IfNoneMatch = header;
        Assert.Equal(hasIt, Preconditions.Tell(context, "7"));
        Assert.Equal("\"7\"", context.Response.Headers.ETag.ToString());
    }

    [Fact]
    public async Task Two_who_change_a_profile_do_not_undo_each_other()
    {
        await using var server = await ApiServer.StartAsync();
        var made = await server.SendAsync(HttpMethod.Post, "/api/v1/profiles", new { name = "carrier", server = "sip.provider.test", userName = "ada", password = "x" });
        var path = "/api/v1/profiles/" + JsonDocument.Parse(made.Body).RootElement.GetProperty("data").GetProperty("id").GetString();
        using var read = await server.RawAsync(HttpMethod.Get, path);
        var tag = read.Headers.ETag!.ToString();
        Assert.Equal(304, (await server.GetAsync(path, ("If-None-Match", tag))).Status);

        using var first = await server.RawAsync(HttpMethod.Patch, path, new { port = 5080 }, ("If-Match", tag));
        Assert.Equal(200, (int)first.StatusCode);
        Assert.NotEqual(tag, first.Headers.ETag!.ToString());
        var (status, body) = await server.SendAsync(HttpMethod.Patch, path, new { port = 5090 }, ("If-Match", tag));
        Assert.Equal(412, status);
        Assert.Contains("PRECONDITION_FAILED", body);
        Assert.Equal(412, (await server.SendAsync(HttpMethod.Delete, path, null, ("If-Match", tag))).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, path, null, ("If-Match", first.Headers.ETag!.ToString()))).Status);
        Assert.Equal(404, (await server.GetAsync(path)).Status);
    }
}
