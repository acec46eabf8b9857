using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>
/// One server and its phones for many stories, one after the other: 100 to 109 answer at once, 110 to 119 ring. A phone is started when a story first
/// wants it, sends a tone of its own number, and stays.
/// </summary>
public class Stage : IAsyncLifetime
{
    /// <summary>How long a story waits for anything, s.</summary>
    public const int Patience = 60;

    /// <summary>How loud the tone of a phone is, of 32,767: three at once stay below full scale.</summary>
    public const int Amplitude = 6_000;

    private readonly ScratchFolder _scratch = new();
    private readonly Dictionary<string, Baresip> _phones = [];
    private TandemServer? _server;

    public TandemServer Server => _server!;

    public ScratchFolder Scratch => _scratch;

    /// <summary>The tone that a phone of the stage sends, Hz: no two are near each other or the first overtone of each other.</summary>
    public static double ToneOf(string number) => 410 + (70 * (int.Parse(number) - 100));

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string> { ["EXT_MAX"] = "129", ["WEBHOOK_ALLOW_PRIVATE"] = "127.0.0.0/8" };
        Configure(settings);
        _server = await TandemServer.StartAsync(_scratch, settings);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var phone in _phones.Values)
            phone.Dispose();
        _server?.Dispose();
        _scratch.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>The phones that a story plays with. Calls that a failed story left are ended first, and nothing is left of what the extensions had set.</summary>
    public async Task<Baresip[]> PhonesAsync(params string[] numbers)
    {
        await Server.SendAsync(HttpMethod.Post, "/api/admin/clear-calls");
        await SilenceAsync();
        foreach (var number in numbers)
        {
            if (!_phones.ContainsKey(number))
            {
                _phones[number] = await Baresip.StartAsync(_scratch, new BaresipOptions(number, Server)
                {
                    ToneHertz = ToneOf(number),
                    ToneAmplitude = Amplitude,
                    AnswerMode = number[1] == '0' ? "auto" : "manual",
                    Seconds = 7_200, // longer than all stories together take on a slow machine
                });
            }

            await Server.SendAsync(HttpMethod.Put, $"/api/v1/extensions/{number}/features", new { });
        }

        // What the server has ended the phones have heard by now.
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        foreach (var phone in _phones.Values)
            phone.Forget();
        return [.. numbers.Select(number => _phones[number])];
    }

    /// <summary>No call is left.</summary>
    public Task SilenceAsync() => Server.EventuallyAsync("/api/calls", calls => calls.GetArrayLength() == 0, "all calls are over", Patience);

    /// <summary>A rule: who dials the number gets there.</summary>
    public Task RuleAsync(string number, params object[] actions) =>
        Server.SendAsync(HttpMethod.Put, $"/api/v1/routing/rules/r{number}", new { numbers = new[] { number }, actions });

    /// <summary>A sound of the tenant: a tone, one second long unless said.</summary>
    public Task SoundAsync(string name, double hertz, int seconds = 1) => UploadAsync($"/api/v1/prompts/{name}", hertz, TimeSpan.FromSeconds(seconds));

    /// <summary>What who is held hears from now on: a tone. The story that set it takes it back by <see cref="NoMusicAsync"/>.</summary>
    public Task MusicAsync(double hertz) => UploadAsync("/api/v1/music/default/tone", hertz, TimeSpan.FromSeconds(10));

    public Task NoMusicAsync() => Server.SendAsync(HttpMethod.Delete, "/api/v1/music/default/tone");

    /// <summary>Waits for the list or thing under <c>data</c> of a route.</summary>
    public async Task<JsonElement> DataAsync(string path, Func<JsonElement, bool> accept, string what) =>
        (await Server.EventuallyAsync(path, answer => accept(answer.GetProperty("data")), what, Patience)).GetProperty("data");

    /// <summary>Waits until the two talk: their call is the only one that is answered, and both have sent for a second.</summary>
    public async Task TalkAsync()
    {
        await Server.EventuallyAsync("/api/rtp-streams", lines => lines.EnumerateArray().Count(line => line.GetProperty("packets").GetInt64() > 75) >= 2, "both talk", Patience);
        await Task.Delay(TimeSpan.FromSeconds(1));
    }

    /// <summary>Changes the settings of the server before it starts.</summary>
    protected virtual void Configure(Dictionary<string, string> settings)
    {
    }

    private async Task UploadAsync(string path, double hertz, TimeSpan length)
    {
        var file = Path.Combine(_scratch.Sub("sounds"), Guid.NewGuid() + ".wav");
        WavFile.Tone(hertz, length, amplitude: Amplitude).Write(file);
        using var body = new ByteArrayContent(await File.ReadAllBytesAsync(file));
        body.Headers.ContentType = new("audio/wav");
        using var answer = await Server.Http.PutAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}

/// <summary>All stories of the stage share one server.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StageStories : ICollectionFixture<Stage>
{
    public const string Name = "stage";
}
