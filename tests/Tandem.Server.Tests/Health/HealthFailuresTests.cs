using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Cluster;
using Tandem.Cluster.Redis;
using Tandem.Server.Hosting;
using Tandem.Server.Rest;

namespace Tandem.Server.Health;

/// <summary>What each health page answers while one part fails: only what keeps calls away takes a server out of rotation, and nothing but a dead process restarts it.</summary>
public class HealthFailuresTests
{
    [Theory]
    [InlineData("database", "the database does not answer", 200)]
    [InlineData("redis", "Redis is not there yet", 200)]
    [InlineData("callManager", "the exchange is draining", 503)]
    [InlineData("disk", "DATA_DIR takes no files", 200)]
    [InlineData("sip", "the check failed: InvalidOperationException", 200)]
    [InlineData("media", "no answer in time", 200)]
    public async Task One_part_fails(string part, string message, int ready)
    {
        RedisAddress.TryParse("redis://127.0.0.1:1/0", out var nowhere);
        await using var node = new ClusterNode(nowhere, new ClusterOptions(), "n", TimeProvider.System);
        var time = new HeldPatience();
        await using var server = await ApiServer.StartAsync(more: services =>
        {
            services.AddSingleton<TimeProvider>(time);
            if (part == "redis")
                services.AddSingleton(new ClusterPresence(node, null));
            foreach (var name in new[] { "disk", "sip", "media" })
                services.AddSingleton<IHealthProbe>(new Probe(name, name == part, time));
        });
        if (part == "callManager")
            server.State.Enter(HostPhase.Draining);
        if (part == "database")
        {
            // In this order: what looks for changes now and then could open one more connection in between, and leave it to who asks next.
            Directory.Move(server.DataDirectory, server.DataDirectory + "-away");
            server.Storage.Database.Dispose();
        }

        try
        {
            Assert.Equal((200, 200, ready), ((await server.GetAsync("/health")).Status, (await server.GetAsync("/health/live")).Status, (await server.GetAsync("/health/ready")).Status));
            var (status, body) = await server.GetAsync("/health/detailed");
            var answer = JsonDocument.Parse(body).RootElement;
            Assert.Equal((503, "error"), (status, answer.GetProperty("status").GetString()));
            var failing = Assert.Single(answer.GetProperty("checks").EnumerateObject(), check => check.Value.GetProperty("status").GetString() == "error");
            Assert.Equal(part, failing.Name);
            Assert.StartsWith(message, failing.Value.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            if (part == "database")
                Directory.Move(server.DataDirectory + "-away", server.DataDirectory);
        }
    }

    private sealed class Probe(string name, bool fails, HeldPatience time) : IHealthProbe
    {
        public string Name => name;

        public async ValueTask<HealthCheck> CheckAsync(CancellationToken cancellation)
        {
            if (!fails)
                return new HealthCheck("ok", "well");
            if (name == "sip")
                throw new InvalidOperationException("a text that nobody outside must see");
            if (name == "media")
            {
                time.RunOut();
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            return new HealthCheck("error", "DATA_DIR takes no files");
        }
    }
}
