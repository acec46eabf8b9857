using System.Net.Http.Headers;
using Tandem.Testing.Audio;

namespace Tandem.Server.Rest;

public sealed class PromptsResourceTests
{
    [Fact]
    public async Task A_prompt_is_uploaded_described_fetched_and_removed()
    {
        await using var server = await ApiServer.StartAsync();
        var tone = Tone(440, 0.5);
        var (status, body) = await UploadAsync(server, HttpMethod.Put, "/api/v1/prompts/hello", tone);
        Assert.Equal(201, status);
        Assert.StartsWith("""{"success":true,"data":{"name":"hello","builtIn":false,"language":null,"kind":"WAV, 16-bit PCM","bytes":8044,"sampleRate":8000,"channels":1,"duration":0.5,"modifiedAt":""", body);
        Assert.Equal(200, (await UploadAsync(server, HttpMethod.Post, "/api/v1/prompts/hello", tone)).Status);
        Assert.Equal((200, body), await server.GetAsync("/api/v1/prompts/hello") is var (found, text) && found == 200 ? (200, Untimed(text, body)) : default);

        using var audio = await server.RawAsync(HttpMethod.Get, "/api/v1/prompts/hello/audio");
        Assert.Equal("audio/wav", audio.Content.Headers.ContentType!.MediaType);
        Assert.Equal(tone, await audio.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using var part = await server.RawAsync(HttpMethod.Get, "/api/v1/prompts/hello/audio", null, ("Range", "bytes=0-3"));
        Assert.Equal((206, "RIFF"), ((int)part.StatusCode, await part.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));

        Assert.Equal(1, (await server.JsonAsync("/api/v1/prompts")).GetProperty("data").GetArrayLength());
        Assert.Equal((200, """{"success":true,"data":{"name":"hello"}}"""), await server.SendAsync(HttpMethod.Delete, "/api/v1/prompts/hello"));
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Delete, "/api/v1/prompts/hello")).Status);
        Assert.Equal(404, (await server.GetAsync("/api/v1/prompts/hello")).Status);
        Assert.Equal(404, (await server.GetAsync("/api/v1/prompts/hello/audio")).Status);
    }

    [Fact]
    public async Task The_built_in_prompts_are_listed()
    {
        await using var server = await ApiServer.StartAsync();
        var all = (await server.JsonAsync("/api/v1/prompts?builtIn=true")).GetProperty("data").EnumerateArray().Select(prompt => prompt.GetProperty("name").GetString()).ToList();
        Assert.Contains("welcome", all);
        Assert.Equal(all.Skip(10), (await server.JsonAsync("/api/v1/prompts?builtIn=true&offset=10")).GetProperty("data").EnumerateArray().Select(prompt => prompt.GetProperty("name").GetString()));
        Assert.Equal(400, (await server.GetAsync("/api/v1/prompts?offset=-1")).Status);
    }

    // Every way that somebody might try to write or read beside the folder.
    [Theory]
    [InlineData("..%2fescape")]
    [InlineData("..%2f..%2fkeys%2fextensions.key")]
    [InlineData("%2e%2e%2fescape")]
    [InlineData("%2e%2e")]
    [InlineData("%2fetc%2fpasswd")]
    [InlineData("a%00b")]
    [InlineData("a%5c..%5cb")]
    [InlineData(".draft-1")]
    [InlineData("UPPER")]
    [InlineData("%EF%BC%8E%EF%BC%8E")]
    [InlineData("a%E2%88%95b")]
    [InlineData("%C0%AE%C0%AE%C0%AFx")]
    [InlineData("con%3a")]
    public async Task Names_that_lead_elsewhere_are_refused(string name)
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await UploadAsync(server, HttpMethod.Put, "/api/v1/prompts/" + name, Tone(440, 0.1));
        Assert.True(status is 400 or 404 or 405, $"{status} {body}");
        Assert.True((await server.GetAsync($"/api/v1/prompts/{name}/audio")).Status is 400 or 404);
        Assert.Equal((200, """{"success":true,"data":[]}"""), await server.GetAsync("/api/v1/prompts"));
    }

    [Fact]
    public async Task What_is_no_sound_or_too_much_is_refused()
    {
        await using var server = await ApiServer.StartAsync(options => options with
        {
            Http = options.Http with { MaxBodyBytes = 1_000 },
            Playback = options.Playback with { MaxUploadBytes = 20_000, MaxPrompts = 1 },
        });
        var (status, body) = await UploadAsync(server, HttpMethod.Put, "/api/v1/prompts/a", "no sound"u8.ToArray());
        Assert.Equal((415, """{"success":false,"error":"the file is neither WAV nor Ogg/Opus","code":"BAD_SOUND"}"""), (status, body));
        Assert.Equal(413, (await UploadAsync(server, HttpMethod.Put, "/api/v1/prompts/a", Tone(440, 3))).Status);

        // More than other bodies may have, and within what a prompt may.
        Assert.Equal(201, (await UploadAsync(server, HttpMethod.Put, "/api/v1/prompts/a", Tone(440, 1))).Status);
        Assert.Equal(409, (await UploadAsync(server, HttpMethod.Put, "/api/v1/prompts/b", Tone(440, 1))).Status);
    }

    [Fact]
    public async Task In_production_only_who_may_ask_gets_anything()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        Assert.Equal(401, (await UploadAsync(server, HttpMethod.Put, "/api/v1/prompts/a", Tone(440, 0.1))).Status);
        Assert.Equal(401, (await server.GetAsync("/api/v1/prompts")).Status);
        Assert.Equal(401, (await server.GetAsync("/api/v1/music")).Status);
        Assert.Equal(401, (await UploadAsync(server, HttpMethod.Put, "/api/v1/music/default/a", Tone(440, 0.1))).Status);
    }

    [Fact]
    public async Task Music_is_uploaded_into_lists()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal((200, """{"success":true,"data":[]}"""), await server.GetAsync("/api/v1/music"));
        Assert.Equal(404, (await server.GetAsync("/api/v1/music/calm")).Status);
        Assert.Equal(201, (await UploadAsync(server, HttpMethod.Put, "/api/v1/music/calm/one.wav", Tone(440, 0.5))).Status);
        Assert.Equal((200, """{"success":true,"data":[{"name":"calm","pieces":1,"bytes":8044}]}"""), await server.GetAsync("/api/v1/music"));
        Assert.Equal("one.wav", (await server.JsonAsync("/api/v1/music/calm")).GetProperty("data")[0].GetProperty("name").GetString());
        Assert.Equal(200, (await server.GetAsync("/api/v1/music/calm/one.wav/audio")).Status);
        Assert.Equal(400, (await UploadAsync(server, HttpMethod.Put, "/api/v1/music/..%2fx/a", Tone(440, 0.5))).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/music/calm/one.wav")).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Delete, "/api/v1/music/calm/one.wav")).Status);
        Assert.Equal((200, """{"success":true,"data":[]}"""), await server.GetAsync("/api/v1/music"));
    }

    private static byte[] Tone(double hertz, double seconds)
    {
        var path = Path.GetTempFileName();
        try
        {
            WavFile.Tone(hertz, TimeSpan.FromSeconds(seconds)).Write(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // The time of the second upload differs from the first.
    private static string Untimed(string text, string like) => text[..text.IndexOf("modifiedAt", StringComparison.Ordinal)] + like[like.IndexOf("modifiedAt", StringComparison.Ordinal)..];

    private static async Task<(int Status, string Body)> UploadAsync(ApiServer server, HttpMethod method, string path, byte[] content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
