using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;

namespace Tandem.Server.Http;

public class RequestLogTests
{
    [Theory]
    [InlineData("GET", IdentityKind.Session, LogLevel.Debug, "HTTP GET /api/v1/extensions/{number} 200 in 0 ms by ********rg")]
    [InlineData("DELETE", IdentityKind.Session, LogLevel.Information, "HTTP DELETE /api/v1/extensions/{number} 200 in 0 ms by ********rg")]
    [InlineData("POST", IdentityKind.Token, LogLevel.Information, "HTTP POST /api/v1/extensions/{number} 200 in 0 ms by alice@example.org")]
    [InlineData("POST", null, LogLevel.Information, "HTTP POST /api/v1/extensions/{number} 200 in 0 ms by nobody")]
    public async Task A_line_names_the_route_and_nothing_of_a_person(string method, IdentityKind? kind, LogLevel level, string line)
    {
        var lines = new Lines();
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = "/api/v1/extensions/491701234567";
        context.Request.QueryString = new QueryString("?caller=%2B491707654321&token=tdm_secret");
        context.Request.Headers.Authorization = "Bearer tdm_secret";
        context.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/api/v1/extensions/{number}"), 0, null, null));
        if (kind is { } known)
            context.Features.Set(new Identity(known, "alice@example.org"));

        await new RequestLog(_ => Task.CompletedTask, lines, new StillTime()).InvokeAsync(context);
        Assert.Equal([(level, line)], lines.Written);
    }

    // What answers with a fault is noted too.
    [Fact]
    public async Task A_request_that_fails_has_its_line()
    {
        var lines = new Lines();
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/api/v1/calls"), 0, null, null));
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new RequestLog(_ => throw new InvalidOperationException("+491707654321"), lines, new StillTime()).InvokeAsync(context));
        Assert.DoesNotContain("49170", Assert.Single(lines.Written).Line, StringComparison.Ordinal);
    }

    private sealed class StillTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    private sealed class Lines : ILogger<RequestLog>
    {
        public List<(LogLevel Level, string Line)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, formatter(state, exception)));
    }
}
