#!/usr/bin/perl
# Whether a file is a trace that Perfetto and chrome://tracing open: the rules of Chrome's trace-event format that such a file
# can break. usage: trace_rules.pl FILE; prints what is wrong and ends with 1, or how many events there are.
use strict;
use warnings;
use JSON::PP;

my @wrong;
my $text = do { local $/; open my $file, '<', $ARGV[0] or die "$ARGV[0]: $!\n"; <$file> };
my $trace = eval { JSON::PP->new->decode($text) } or die "$ARGV[0] is not JSON: $@";
my $events = ref $trace eq 'HASH' ? $trace->{traceEvents} : undef;
die "$ARGV[0] has no list of events\n" unless ref $events eq 'ARRAY' && @$events;
my $lost = $trace->{otherData}{'records lost'} // 0;

for my $event (@$events) {
    my $shown = encode_json($event);
    push @wrong, "an event without a name: $shown" unless length($event->{name} // '');
    push @wrong, "an unknown phase: $shown" unless ($event->{ph} // '') =~ /^[BEiM]$/;
    push @wrong, "no time: $shown" unless ($event->{ts} // '') =~ /^[0-9]+(\.[0-9]+)?$/;
    push @wrong, "no process or thread: $shown" if grep { ($event->{$_} // '') !~ /^[0-9]+$/ } qw(pid tid);
    push @wrong, "an instant without a scope: $shown" if ($event->{ph} // '') eq 'i' && ($event->{s} // '') !~ /^[tpg]$/;
    push @wrong, "arguments that are no object: $shown" if exists $event->{args} && ref $event->{args} ne 'HASH';
}

# Spans of one thread nest; each end closes the span of its name. The sort is stable, so order breaks ties.
my %open;
for my $event (sort { $a->{ts} <=> $b->{ts} } @$events) {
    last if @wrong;
    my $stack = $open{"$event->{pid} $event->{tid}"} //= [];
    push @$stack, $event->{name} if $event->{ph} eq 'B';
    next unless $event->{ph} eq 'E';
    my $begun = pop @$stack;
    next if !defined $begun && $lost;
    push @wrong, "an end without its begin: " . encode_json($event) if !defined $begun || $begun ne $event->{name};
}
# What has not ended when the trace is written is at most one call of a thread.
push @wrong, "spans left open: @{$open{$_}}" for grep { @{$open{$_}} > 1 } keys %open;

print "$_\n" for @wrong;
exit 1 if @wrong;
printf "%d events of %d threads\n", scalar @$events, scalar keys %open;
