create table knowledge (
  id bigint primary key,
  title varchar(200) not null,
  body varchar(2000) not null,
  status varchar(20) not null
);
