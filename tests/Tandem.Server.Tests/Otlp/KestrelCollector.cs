using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Server.Options;

namespace Tandem.Server.Otlp;

/// <summary>A collector on loopback that keeps the messages that it gets, by HTTP or by gRPC in the clear.</summary>
internal sealed class KestrelCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _isGrpc;

    private KestrelCollector(bool isGrpc)
    {
        _isGrpc = isGrpc;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    /// <summary>The status of each answer; a collector that speaks gRPC answers <see cref="GrpcStatus"/> unless it is 200.</summary>
    public int Status { get; set; } = 200;

    public int GrpcStatus { get; set; } = 14;

    /// <summary>What gRPC says beside a status that is not 0, in base64.</summary>
    public string GrpcDetails { get; set; } = "";

    /// <summary>Bytes of the largest message that is taken.</summary>
    public int Largest { get; set; } = int.MaxValue;

    /// <summary>The body of each answer.</summary>
    public byte[] Answer { get; set; } = [];

    /// <summary>Options of an export to here that sends when it is told to, however slow the machine is.</summary>
    public MetricsOptions Options => new()
    {
        OtlpEndpoint = Address,
        OtlpProtocol = _isGrpc ? OtlpProtocol.Grpc : OtlpProtocol.Http,
        OtlpTraceInterval = TimeSpan.FromDays(1),
        OtlpMetricInterval = TimeSpan.FromDays(1),
        OtlpTimeout = TimeSpan.FromMinutes(5),
    };

    public ConcurrentQueue<(string Path, string Type, string Authorization, byte[] Body)> Requests { get; } = new();

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<KestrelCollector> StartAsync(bool isGrpc = false)
    {
        var collector = new KestrelCollector(isGrpc);
        await collector._app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var message = body.ToArray();
        if (_isGrpc)
        {
            // Length-prefixed messages (gRPC over HTTP/2): not compressed, four bytes of length.
            Assert.Equal(0, message[0]);
            Assert.Equal(message.Length - 5, BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(1)));
            Assert.Equal("trailers", context.Request.Headers.TE);
            message = message[5..];
        }

        Requests.Enqueue((context.Request.Path, context.Request.ContentType!, context.Request.Headers.Authorization.ToString(), message));
        var isTooBig = message.Length > Largest;
        if (!_isGrpc)
        {
            context.Response.StatusCode = isTooBig ? StatusCodes.Status413PayloadTooLarge : Status;
            await context.Response.Body.WriteAsync(Answer);
            return;
        }

        var status = isTooBig ? 8 : Status == 200 ? 0 : GrpcStatus;
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[5]);
        await context.Response.Body.WriteAsync(Answer);
        context.Response.AppendTrailer("grpc-status", status.ToString(CultureInfo.InvariantCulture));
        if (status != 0 && GrpcDetails.Length > 0)
            context.Response.AppendTrailer("grpc-status-details-bin", GrpcDetails);
    }
}
