using System.Globalization;
using Tandem.Calls.Calls;
using Tandem.Calls.Shards;
using Tandem.Core.Buffers;
using Tandem.Server.Hosting;
using Tandem.Server.Rest;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Transport;

namespace Tandem.Server.Metrics;

/// <summary>The numbers of the running parts: SIP, registrations, transactions, dialogs, media, queues, pools, database.</summary>
public sealed class ExchangeMetrics(ExchangeParts parts, IExchangeView view, HttpMeter http) : IMetricSource
{
    private readonly TrunkMetrics _trunks = new();

    /// <inheritdoc/>
    public void Write(PrometheusWriter page)
    {
        var gauges = view.Gauges();
        var states = parts.Exchange.Statistics().CallsByState;
        page.Gauge("active_calls", "Calls in progress.", gauges.Calls);
        page.Family("tandem_calls", "gauge", "Calls in progress by state.");
        foreach (var state in Enum.GetValues<CallState>())
            page.Sample(states.GetValueOrDefault(state), ("state", state.ToString()));

        WriteRequests(page);
        WriteMessages(page);
        WriteTransactions(page, gauges);
        WriteRegistrations(page, gauges);
        WriteTransport(page);
        WriteLoops(page, gauges);
        WriteMedia(page, gauges);
        WriteStorage(page);
        WriteErrors(page, gauges);
        WriteTables(page, gauges);
        ParkingMetrics.Write(page, parts.Exchange.Parking);
        page.Gauge("tandem_voicemail_waiting", "Messages of voicemail that wait on the disk for the database.", parts.Voicemail.Waiting?.Count ?? 0);
        _trunks.Write(page, parts.Exchange);
        QueueMetrics.Write(page, parts.Queues.Desk, parts.Clock.Now);
        parts.Hep?.Write(page);
        parts.Otlp?.Write(page);
    }

    // Only methods that have come: sixteen with eleven buckets each would be most of the page.
    private void WriteRequests(PrometheusWriter page)
    {
        var methods = Enum.GetValues<SipMethod>().Where(method => Of(method).Sum(m => m.Succeeded + m.Failed) > 0).ToList();
        page.Family("sip_requests_total", "counter", "SIP requests that were answered, by method; a challenge counts as success.");
        foreach (var method in methods)
        {
            page.Sample(Of(method).Sum(m => m.Succeeded), ("method", Name(method)), ("status", "success"));
            page.Sample(Of(method).Sum(m => m.Failed), ("method", Name(method)), ("status", "error"));
        }

        page.Family("sip_request_duration_seconds", "histogram", "From a SIP request to its final answer.");
        foreach (var method in methods)
        {
            var histogram = new HistogramSum(RequestMeter.Bounds, bucket => Of(method).Sum(m => m.Bucket(bucket)), Of(method).Sum(m => m.Total.TotalSeconds));
            page.Sample(histogram, ("method", Name(method)));
        }
    }

    private IEnumerable<RequestMeter> Of(SipMethod method) => parts.Exchange.Shards.Select(shard => shard.Engine.Counters.Requests(method));

    private static string Name(SipMethod method) => method.ToString().ToUpperInvariant();

    private void WriteMessages(PrometheusWriter page)
    {
        page.Family("tandem_sip_engine_total", "counter", "What the SIP engines counted: messages, and what became of the odd ones.");
        foreach (var counter in Enum.GetValues<EngineCounter>())
            page.Sample(parts.Exchange.Shards.Sum(shard => shard.Engine.Counters[counter]), ("event", counter.ToString()));

        page.Family("tandem_sip_responses_sent_total", "counter", "Responses sent by the class of their status.");
        for (var statusClass = 1; statusClass <= 6; statusClass++)
            page.Sample(parts.Exchange.Shards.Sum(shard => shard.Engine.Counters.ResponsesSent(statusClass)), ("class", $"{statusClass}xx"));
    }

    private void WriteTransactions(PrometheusWriter page, ExchangeGauges gauges)
    {
        page.Family("tandem_sip_transactions", "gauge", "Transactions in the tables.")
            .Sample(gauges.ServerTransactions, ("kind", "server")).Sample(gauges.ClientTransactions, ("kind", "client"));
        page.Family("tandem_sip_transaction_states_total", "counter", "How often transactions came into a state (RFC 3261 figures 5 to 8).");
        foreach (var kind in Enum.GetValues<TransactionKind>())
        {
            foreach (var state in Enum.GetValues<TransactionState>())
            {
                if (parts.Exchange.Shards.Sum(shard => shard.Engine.Counters.Transitions(kind, state)) is var count and > 0)
                    page.Sample(count, ("kind", kind.ToString()), ("state", state.ToString()));
            }
        }

        page.Gauge("tandem_sip_dialogs", "Dialogs.", gauges.Dialogs);
        page.Gauge("tandem_sip_subscriptions", "Subscriptions to lamps, presence, messages and registrations.", gauges.Subscriptions.Active);
        page.Gauge("tandem_timers", "Timers that run.", gauges.Timers);
    }

    private void WriteRegistrations(PrometheusWriter page, ExchangeGauges gauges)
    {
        var counters = parts.Exchange.Shards.Select(shard => shard.RegistrarCounters).ToList();
        page.Gauge("tandem_registrations", "Bindings in force.", gauges.Bindings);
        page.Family("tandem_registrations_total", "counter", "What became of bindings.")
            .Sample(counters.Sum(c => c.Registered), ("event", "registered")).Sample(counters.Sum(c => c.Refreshed), ("event", "refreshed"))
            .Sample(counters.Sum(c => c.Removed), ("event", "removed")).Sample(counters.Sum(c => c.Expired), ("event", "expired"))
            .Sample(counters.Sum(c => c.Refused), ("event", "refused"));
        page.Counter("tandem_bans_total", "Sources that were banned for guessing at secrets.", parts.Bans.BansImposed);
    }

    private void WriteTransport(PrometheusWriter page)
    {
        var counters = parts.Transport.Counters;
        page.Family("tandem_sip_packets_total", "counter", "Datagrams, and messages on streams.")
            .Sample(counters.DatagramsIn, ("kind", "datagram"), ("direction", "in")).Sample(counters.DatagramsOut, ("kind", "datagram"), ("direction", "out"))
            .Sample(counters.StreamMessagesIn, ("kind", "stream"), ("direction", "in")).Sample(counters.StreamMessagesOut, ("kind", "stream"), ("direction", "out"));
        page.Family("tandem_sip_bytes_total", "counter", "Their bytes.")
            .Sample(counters.DatagramBytesIn, ("kind", "datagram"), ("direction", "in")).Sample(counters.DatagramBytesOut, ("kind", "datagram"), ("direction", "out"))
            .Sample(counters.StreamBytesIn, ("kind", "stream"), ("direction", "in")).Sample(counters.StreamBytesOut, ("kind", "stream"), ("direction", "out"));
        page.Counter("tandem_sip_stream_writes_total", "Writes on streams: messages to one connection in one round go together.", counters.StreamWrites);
        page.Family("tandem_sip_dropped_total", "counter", "What was received and not looked at further, by reason.")
            .Sample(counters.RefusedByGuard, ("reason", "guard")).Sample(counters.Unparsable, ("reason", "unparsable")).Sample(counters.MailboxFull, ("reason", "mailbox_full"))
            .Sample(counters.DatagramsUndersized, ("reason", "undersized")).Sample(counters.DatagramsOversized, ("reason", "oversized")).Sample(counters.StreamsBroken, ("reason", "stream_broken"));
        page.Family("tandem_sip_send_failures_total", "counter", "What could not be sent, by reason.")
            .Sample(counters.SendFailures, ("reason", "transport")).Sample(counters.DatagramsNotSent, ("reason", "no_room")).Sample(counters.SendQueueFull, ("reason", "queue_full"));
        page.Family("tandem_sip_connections", "gauge", "Open stream connections by transport.");
        foreach (var kind in new[] { SipTransportKind.Tcp, SipTransportKind.Tls, SipTransportKind.Ws, SipTransportKind.Wss })
            page.Sample(parts.Transport.ConnectionsOf(kind), ("transport", kind.ToString().ToLowerInvariant()));

        page.Gauge("tandem_sip_connection_queue_bytes", "Bytes that wait to be sent on stream connections.", parts.Transport.QueuedBytes);
        page.Family("tandem_tls_handshakes_total", "counter", "TLS handshakes of SIP.")
            .Sample(counters.HandshakesDone, ("result", "done")).Sample(counters.HandshakesFailed, ("result", "failed")).Sample(counters.HandshakesRejected, ("result", "rejected"));
    }

    private void WriteLoops(PrometheusWriter page, ExchangeGauges gauges)
    {
        page.Family("tandem_shard_queue", "gauge", "Messages that wait for a SIP loop.");
        EachLoop(page, loop => loop.MailboxLength);
        page.Family("tandem_shard_inputs_total", "counter", "Messages that a SIP loop handled.");
        EachLoop(page, loop => loop.Meter.Inputs);
        page.Family("tandem_shard_busy_seconds_total", "counter", "Time that a SIP loop worked.");
        EachLoop(page, loop => loop.Meter.Busy.TotalSeconds);
        page.Family("tandem_shard_longest_round_seconds", "gauge", "The longest round of a SIP loop: how long a message may have waited for it.");
        EachLoop(page, loop => loop.Meter.LongestRound.TotalSeconds);
        page.Gauge("tandem_turns", "Turns of calls that wait.", gauges.Turns);
        page.Gauge("tandem_overload_level", "What is refused for want of time: 0 nothing, 1 new work, 2 all outside dialogs, 3 inside them too.", gauges.OverloadLevel);
        page.Gauge("tandem_overload_lag_seconds", "How far the SIP loop that is worst off is behind.", gauges.Lag.TotalSeconds);
        page.Counter("tandem_overload_refused_total", "Requests refused because a SIP loop was behind.", gauges.Refused);
    }

    private void EachLoop(PrometheusWriter page, Func<ShardLoop, double> number)
    {
        for (var i = 0; i < parts.Loops.Count; i++)
            page.Sample(number(parts.Loops[i]), ("shard", i.ToString(CultureInfo.InvariantCulture)));
    }

    private void WriteMedia(PrometheusWriter page, ExchangeGauges gauges)
    {
        var media = gauges.Media;
        page.Family("tandem_media_sessions", "gauge", "Media sessions of each loop.");
        for (var i = 0; i < media.Sessions.Count; i++)
            page.Sample(media.Sessions[i], ("loop", i.ToString(CultureInfo.InvariantCulture)));
        page.Family("tandem_media_loop_busy_ratio", "gauge", "The share of the last second in which a media loop had something to do.");
        for (var i = 0; i < parts.Media.Busy.Count; i++)
            page.Sample(parts.Media.Busy[i], ("loop", i.ToString(CultureInfo.InvariantCulture)));
        page.Counter("tandem_media_sessions_moved_total", "Media sessions that went to another loop because theirs was full.", parts.Media.Counters.Sum(static loop => loop.GivenAway));

        page.Family("tandem_media_packets_total", "counter", "Packets of media by what became of them.")
            .Sample(media.Rtp, ("kind", "rtp")).Sample(media.Rtcp, ("kind", "rtcp")).Sample(media.Opaque, ("kind", "opaque")).Sample(media.Heard, ("kind", "heard"))
            .Sample(media.Reports, ("kind", "report")).Sample(media.Stun, ("kind", "stun")).Sample(media.Dtls, ("kind", "dtls"));
        var dropped = media.Dropped;
        page.Family("tandem_media_dropped_total", "counter", "Packets of media that were dropped, by reason.")
            .Sample(dropped.Invalid, ("reason", "invalid")).Sample(dropped.Stranger, ("reason", "stranger")).Sample(dropped.NotWanted, ("reason", "not_wanted"))
            .Sample(dropped.NoTarget, ("reason", "no_target")).Sample(dropped.NoKey, ("reason", "no_key")).Sample(dropped.BadTag, ("reason", "bad_tag"))
            .Sample(dropped.Replay, ("reason", "replay")).Sample(dropped.NotAllowed, ("reason", "not_allowed")).Sample(dropped.NoLine, ("reason", "no_line"))
            .Sample(dropped.Stun, ("reason", "stun")).Sample(dropped.Dtls, ("reason", "dtls")).Sample(dropped.Mismatch, ("reason", "mismatch"))
            .Sample(dropped.Oversize, ("reason", "oversize"));
        page.Family("tandem_media_errors_total", "counter", "Errors of media sockets and loops.")
            .Sample(media.SendErrors, ("kind", "send")).Sample(media.ReceiveErrors, ("kind", "receive")).Sample(media.Failures, ("kind", "failure"));
        page.Counter("tandem_media_ticks_total", "Ticks of 20 ms of all media loops.", media.Ticks.Count);
        page.Counter("tandem_media_ticks_skipped_total", "Ticks that were given up.", media.Ticks.Skipped);
        page.Family("tandem_media_tick_lateness_seconds", "gauge", "How late ticks were by quantile since the start, the worst loop.")
            .Sample(media.Ticks.P50 / 1000, ("quantile", "0.5")).Sample(media.Ticks.P99 / 1000, ("quantile", "0.99"))
            .Sample(media.Ticks.P999 / 1000, ("quantile", "0.999")).Sample(media.Ticks.Longest / 1000, ("quantile", "1"));
        page.Counter("tandem_media_handshake_turns_total", "Turns of DTLS handshakes that were computed, off the media loops.", media.Handshakes.Turns);
        page.Gauge("tandem_media_handshakes_waiting", "DTLS handshakes that wait for a thread.", media.Handshakes.Waiting);
        page.Counter("tandem_media_handshakes_dropped_total", "DTLS datagrams that were dropped because too much waited.", media.Handshakes.Dropped);
        page.Family("tandem_media_ports", "gauge", "Ports for media.")
            .Sample(gauges.PortsInUse, ("state", "in_use")).Sample(gauges.PortsInQuarantine, ("state", "quarantine")).Sample(parts.Media.Ports, ("state", "total"));
    }

    private void WriteStorage(PrometheusWriter page)
    {
        var writer = parts.Storage.Writer.Statistics();
        page.Family("tandem_database_queue", "gauge", "Writes that wait for the database.").Sample(writer.QueueLength, ("where", "memory")).Sample(writer.Spilled, ("where", "file"));
        page.Counter("tandem_database_written_total", "Writes that are in the database.", writer.Written);
        page.Counter("tandem_database_commits_total", "Transactions of the writer.", writer.Commits);
        page.Counter("tandem_database_failures_total", "Transactions of the writer that failed and were tried again.", writer.Failures);
        page.Counter("tandem_database_rejected_total", "Rows that the database refused for their content.", writer.Rejected);
        page.Counter("tandem_database_lost_total", "Writes that were dropped: memory and spill file were full.", writer.Lost);
        page.Gauge("tandem_database_up", "1 while the database takes writes.", writer.IsAway ? 0 : 1);
    }

    private void WriteErrors(PrometheusWriter page, ExchangeGauges gauges)
    {
        var writer = parts.Storage.Writer.Statistics();
        page.Family("errors_total", "counter", "Errors of the exchange, by where they happened.")
            .Sample(http.Failures, ("error_type", "http")).Sample(gauges.Faults, ("error_type", "call")).Sample(parts.Loops.Sum(loop => loop.Meter.Faults), ("error_type", "sip"))
            .Sample(gauges.Media.Failures, ("error_type", "media")).Sample(writer.Failures, ("error_type", "database")).Sample(parts.Events.Failures, ("error_type", "event_sink"));
        page.Counter("tandem_calls_refused_total", "Calls refused because as many as allowed were in progress.", gauges.Overloaded);
        page.Counter("tandem_log_dropped_total", "Events that were not logged because the queue of the log was full.", parts.EventLog.Dropped);
    }

    private void WriteTables(PrometheusWriter page, ExchangeGauges gauges)
    {
        page.Gauge("tandem_extensions", "Extensions.", parts.Storage.Directory.Count);
        page.Gauge("tandem_rooms", "Rooms that calls meet in.", parts.Exchange.Rooms.Count);
        page.Gauge("tandem_transfers", "Transfers whose progress is being told.", gauges.ReferSubscriptions);
        page.Gauge("tandem_banned_sources", "Sources that are banned.", parts.Bans.List(parts.Clock.Now).Count);
        page.Gauge("tandem_buffer_pool_free", "Buffers of messages that wait to be used again.", BufferPool.Shared.Retained);
        page.Gauge("tandem_trace_calls", "Traces of calls that are kept.", parts.Traces.Count);
        page.Gauge("tandem_trace_bytes", "Memory of traces of calls.", parts.Traces.Bytes);
        page.Counter("tandem_trace_left_out_total", "Entries of traces that were not kept.", parts.Traces.LeftOut);
        page.Counter("tandem_events_total", "Events of calls and registrations.", parts.Events.Published);
        page.Family("tandem_build_info", "gauge", "1, with the version of the exchange.").Sample(1, ("version", Cli.VersionCommand.Version));
        page.Gauge("tandem_uptime_seconds", "Since the start.", parts.State.Uptime.TotalSeconds);
    }
}
