using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Tandem.Server.Options;

namespace Tandem.Server.Otlp;

/// <summary>
/// Brings the requests of OTLP to a collector: http/protobuf (a POST to <c>/v1/traces</c>) or gRPC (a unary call of <c>TraceService/Export</c> over HTTP/2,
/// in the clear with prior knowledge). It waits at most <see cref="MetricsOptions.OtlpTimeout"/> for an answer and never throws but for a cancellation.
/// </summary>
public sealed class OtlpSender : IDisposable
{
    private const int GrpcPort = 4_317;
    private const int GrpcPrefix = 5;

    // An answer is a few bytes, an error page some kB.
    private const int MostOfAnswer = 64 * 1024;

    private readonly string _base;
    private readonly bool _isGrpc;
    private readonly IReadOnlyList<(string Name, string Value)> _headers;
    private readonly Action<string> _notice;
    private readonly HttpClient _client;
    private long _failures;
    private bool _isAway;

    /// <param name="options">Where to send, and how.</param>
    /// <param name="notice">Told when the collector is away, once, and when it is back.</param>
    public OtlpSender(MetricsOptions options, Action<string> notice)
    {
        _base = options.OtlpEndpoint.TrimEnd('/');
        _isGrpc = options.OtlpProtocol switch
        {
            OtlpProtocol.Grpc => true,
            OtlpProtocol.Http => false,
            _ => Uri.TryCreate(_base, UriKind.Absolute, out var uri) && uri.Port == GrpcPort,
        };
        _headers = OtlpHeaders.TryParse(options.OtlpHeaders?.Reveal() ?? "", out var headers) ? headers : [];
        _notice = notice;
        _client = new HttpClient(Handler()) { Timeout = options.OtlpTimeout, MaxResponseContentBufferSize = MostOfAnswer };
    }

    /// <summary>Requests that the collector did not take.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Sends an <c>ExportTraceServiceRequest</c>.</summary>
    /// <param name="body">It.</param>
    /// <param name="isDivisible">Whether it can be sent in parts; only then <see cref="OtlpOutcome.TooBig"/> comes, and it is no cause for a notice.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<OtlpOutcome> TracesAsync(byte[] body, bool isDivisible, CancellationToken cancellation) =>
        PostAsync(_isGrpc ? "/opentelemetry.proto.collector.trace.v1.TraceService/Export" : "/v1/traces", body, isDivisible, cancellation);

    /// <summary>Sends an <c>ExportMetricsServiceRequest</c>.</summary>
    public Task<OtlpOutcome> MetricsAsync(byte[] body, CancellationToken cancellation) =>
        PostAsync(_isGrpc ? "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" : "/v1/metrics", body, false, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>The connections: one whose other end is gone without a word is found out by a ping of HTTP/2, and a name is looked up anew from time to time.</summary>
    internal static SocketsHttpHandler Handler() => new()
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private async Task<OtlpOutcome> PostAsync(string path, byte[] body, bool isDivisible, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_base + path)) { Content = new ByteArrayContent(_isGrpc ? Framed(body) : body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(_isGrpc ? "application/grpc" : "application/x-protobuf");
            if (_isGrpc)
            {
                request.Version = HttpVersion.Version20;
                request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
                request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            }

            foreach (var (name, value) in _headers)
                request.Headers.TryAddWithoutValidation(name, value);

            // The body is read to its end: the status of gRPC comes after it.
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
            var (outcome, refusal) = Outcome(response);
            switch (outcome)
            {
                case OtlpOutcome.Taken:
                    if (_isAway)
                        _notice("The OTLP collector takes traces and metrics again");
                    _isAway = false;
                    return outcome;
                case OtlpOutcome.TooBig when isDivisible:
                    Interlocked.Increment(ref _failures);
                    return outcome;
                default:
                    Fail(refusal);
                    return outcome == OtlpOutcome.TooBig ? OtlpOutcome.Refused : outcome;
            }
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            // The collector has the request, and its answer is longer than any that OTLP knows: so would the next one be.
            Fail(e.Message);
            return OtlpOutcome.Refused;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Fail(e.Message);
            return OtlpOutcome.Later;
        }
    }

    private (OtlpOutcome Outcome, string Refusal) Outcome(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
            return (OfHttp(response.StatusCode), $"it answered {(int)response.StatusCode}");
        if (!_isGrpc)
            return (OtlpOutcome.Taken, "");

        // An answer without a body has its status in the headers.
        var status = Value(response, "grpc-status");
        return (OfGrpc(status, Value(response, "grpc-status-details-bin")), $"it answered gRPC status {status ?? "none"}");

        static string? Value(HttpResponseMessage response, string name) =>
            response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.FirstOrDefault() : null;
    }

    // OTLP/HTTP, "Failures": what else than these is an error that stays.
    private static OtlpOutcome OfHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => OtlpOutcome.Later,
        HttpStatusCode.RequestEntityTooLarge => OtlpOutcome.TooBig,
        _ => OtlpOutcome.Refused,
    };

    // OTLP/gRPC, "Failures": cancelled, deadline exceeded, aborted, out of range, unavailable, data loss. RESOURCE_EXHAUSTED (8) is a busy collector if it says
    // when to come again, and otherwise a message that is too big for it.
    private static OtlpOutcome OfGrpc(string? status, string? details) => status switch
    {
        "0" => OtlpOutcome.Taken,
        "1" or "4" or "10" or "11" or "14" or "15" => OtlpOutcome.Later,
        "8" => HasRetryInfo(details) ? OtlpOutcome.Later : OtlpOutcome.TooBig,
        _ => OtlpOutcome.Refused,
    };

    // A google.rpc.Status in base64, without padding; each detail of it has the URL of its type as a plain text.
    private static bool HasRetryInfo(string? details)
    {
        if (details is null)
            return false;

        var padded = details.TrimEnd('=');
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        var status = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, status, out var length) && status.AsSpan(0, length).IndexOf("/google.rpc.RetryInfo"u8) >= 0;
    }

    // A message of gRPC: not compressed, its length, itself.
    private static byte[] Framed(byte[] body)
    {
        var framed = new byte[GrpcPrefix + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), body.Length);
        body.CopyTo(framed.AsSpan(GrpcPrefix));
        return framed;
    }

    private void Fail(string why)
    {
        Interlocked.Increment(ref _failures);
        if (!_isAway)
            _notice($"The OTLP collector does not take traces and metrics: {why}");
        _isAway = true;
    }
}
