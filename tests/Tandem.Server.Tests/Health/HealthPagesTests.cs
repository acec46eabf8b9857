using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Server.Hosting;
using Tandem.Server.Rest;

namespace Tandem.Server.Health;

public sealed class HealthPagesTests
{
    [Theory]
    [InlineData("/health", "ok", "status,timestamp,service,version")]
    [InlineData("/health/live", "alive", "status,timestamp,message")]
    [InlineData("/health/ready", "ready", "status,timestamp,message")]
    public async Task Probes_are_open_to_all_in_the_shapes_of_document_3(string path, string status, string names)
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        var answer = await server.JsonAsync(path);

        Assert.Equal(status, answer.GetProperty("status").GetString());
        Assert.Equal(names.Split(','), answer.EnumerateObject().Select(p => p.Name));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", answer.GetProperty("timestamp").GetString());
    }

    [Theory]
    [InlineData(HostPhase.Starting)]
    [InlineData(HostPhase.Draining)]
    [InlineData(HostPhase.Stopped)]
    public async Task A_server_that_takes_no_calls_is_not_ready_but_alive(HostPhase phase)
    {
        await using var server = await ApiServer.StartAsync();
        server.State.Enter(phase);

        var (status, body) = await server.GetAsync("/health/ready");
        Assert.Equal(503, status);
        Assert.Equal("not ready", JsonDocument.Parse(body).RootElement.GetProperty("status").GetString());
        Assert.Equal(200, (await server.GetAsync("/health/live")).Status);
        Assert.Equal(503, (await server.GetAsync("/health/detailed")).Status);
    }

    [Fact]
    public async Task Details_name_each_part()
    {
        await using var server = await ApiServer.StartAsync(more: Patient);
        var checks = (await server.JsonAsync("/health/detailed")).GetProperty("checks");

        Assert.Equal(["database", "redis", "callManager"], checks.EnumerateObject().Select(p => p.Name));
        Assert.All(checks.EnumerateObject(), check => Assert.Equal("ok", check.Value.GetProperty("status").GetString()));
        Assert.All(checks.EnumerateObject(), check => Assert.NotEmpty(check.Value.GetProperty("message").GetString()!));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(401, "X-Forwarded-For", "203.0.113.9")]
    [InlineData(401, "Host", "evil.example")]
    public async Task In_production_details_are_open_to_this_machine_only(int expected, string? name = null, string value = "")
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production, Patient);
        Assert.Equal(expected, (await server.GetAsync("/health/detailed", name is null ? [] : [(name, value)])).Status);
    }

    private static void Patient(IServiceCollection services) => services.AddSingleton<TimeProvider>(new HeldPatience());
}
