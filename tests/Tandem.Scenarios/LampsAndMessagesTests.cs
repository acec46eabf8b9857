using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>sipp watches, publishes and sends texts against the running server (RFC 6665, 4235, 3842, 3856, 3680, 3903, 3428).</summary>
public class LampsAndMessagesTests
{
    [Theory]
    [InlineData("dialog", "101")]
    [InlineData("presence", "101")]
    [InlineData("message-summary", "100")]
    [InlineData("reg", "100")]
    public async Task A_subscription_is_made_refreshed_and_ended(string package, string number)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Sipp.Waits);
        await RunAsync(server, scratch, "watch.xml", "-set", "number", "100", "-set", "package", package, "-s", number, "-au", "100", "-ap", TandemServer.Secret);
        var statistics = (await server.GetAsync("/api/statistics")).GetProperty("subscriptions");
        Assert.Equal((0, 1, 2), (Number(statistics, "active"), Number(statistics, "created"), Number(statistics, "refreshed")));
    }

    [Fact]
    public async Task A_publication_is_made_refreshed_and_removed()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Sipp.Waits);
        await RunAsync(server, scratch, "publish.xml", "-set", "number", "100", "-s", "100", "-au", "100", "-ap", TandemServer.Secret);
        var statistics = (await server.GetAsync("/api/statistics")).GetProperty("subscriptions");
        Assert.Equal((0, 3), (Number(statistics, "publications"), Number(statistics, "published")));
    }

    [Fact]
    public async Task A_text_reaches_the_other_phone()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Sipp.Waits);
        var port = FreePorts.Next();
        await RunAsync(server, scratch, "register.xml", port, "-set", "number", "101", "-au", "101", "-ap", TandemServer.Secret);
        using var phone = await Sipp.ListenAsync(scratch.Sub("phone"), port, "-sf", Sipp.ScenarioFile("message_uas.xml"), "-m", "1");
        await RunAsync(server, scratch, "message_uac.xml", "-set", "number", "100", "-s", "101", "-au", "100", "-ap", TandemServer.Secret);
        Assert.True(await phone.ExitAsync(SippServer.Patience) == 0, phone.Output);
        Assert.Equal(1, Number((await server.GetAsync("/api/statistics")).GetProperty("messages"), "delivered"));
    }

    private static long Number(System.Text.Json.JsonElement numbers, string name) => numbers.GetProperty(name).GetInt64();

    private static Task RunAsync(TandemServer server, ScratchFolder scratch, string scenario, params string[] arguments) =>
        RunAsync(server, scratch, scenario, FreePorts.Next(), arguments);

    private static async Task RunAsync(TandemServer server, ScratchFolder scratch, string scenario, int port, params string[] arguments)
    {
        var folder = scratch.Sub("sipp");
        using var sipp = Sipp.Start(
            folder, [$"127.0.0.1:{server.SipPort}", "-sf", Sipp.PatientFile(folder, scenario), "-i", "127.0.0.1", "-p", $"{port}", "-m", "1", "-trace_err", .. arguments]);
        Assert.True(await sipp.ExitAsync(SippServer.Patience) == 0, sipp.Output);
    }
}
